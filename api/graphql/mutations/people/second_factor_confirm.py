"""secondFactorConfirm."""

from typing import cast

from api.graphql.change import refused
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SecondFactorConfirmResult, SecondFactorSet
from domain.access.manage_factor import confirm_factor
from domain.kernel.refusals import Refusal


async def _second_factor_confirm(info: Info, code: str) -> SecondFactorConfirmResult:
    context = info.context
    try:
        async with context.begin() as session:
            codes = await confirm_factor(session, context.actor, context.services.vault, code)
    except Refusal as refusal:
        return cast(SecondFactorConfirmResult, refused(info, refusal))
    return SecondFactorSet(recovery_codes=codes)


field = root(
    _second_factor_confirm,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description=(
        "Proves by a code that your app works. From then on logIn asks for a code. Answers ten recovery codes, each "
        "good once, for when the phone is lost: they are shown this once, and a repeat is refused."
    ),
)
