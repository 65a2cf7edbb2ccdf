"""secondFactorBegin."""

from typing import cast

from api.graphql.change import refused
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SecondFactorBeginResult, SecondFactorBegun
from domain.access.manage_factor import begin_factor
from domain.kernel.refusals import Refusal


async def _second_factor_begin(info: Info, password: str) -> SecondFactorBeginResult:
    context = info.context
    services = context.services
    try:
        begun = await begin_factor(context, context.actor, services.passwords, services.vault, password)
    except Refusal as refusal:
        return cast(SecondFactorBeginResult, refused(info, refusal))
    return SecondFactorBegun(secret=begun.secret, uri=begun.uri)


field = root(
    _second_factor_begin,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description=(
        "Begins a second factor of your own: codes of an app beside the password. It is asked for once "
        "secondFactorConfirm has proved that the app works. A wrong password counts as a failed log-in. A repeat makes "
        "another secret, and the earlier one is worth nothing."
    ),
)
