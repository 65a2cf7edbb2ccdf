"""secondFactorRemove."""

from typing import cast

from api.graphql.answers import answer, made
from api.graphql.change import refused
from api.graphql.context import Info, selected
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import SecondFactorRemoveInput, SecondFactorRemoveResult
from domain.access.manage_factor import RemoveFactor, remove_factor
from domain.kernel.refusals import Refusal


async def _second_factor_remove(info: Info, input: SecondFactorRemoveInput) -> SecondFactorRemoveResult:
    context = info.context
    services = context.services
    command = RemoveFactor(password=input.password, code=input.code)
    try:
        key = await remove_factor(context, context.actor, services.passwords, services.vault, command)
    except Refusal as refusal:
        return cast(SecondFactorRemoveResult, refused(info, refusal))
    return cast(SecondFactorRemoveResult, await answer(context, made("Person", key), selected(info)))


field = root(
    _second_factor_remove,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description=(
        "Takes your own second factor and its recovery codes away. What does not fit counts as a failed log-in. A "
        "repeat changes nothing."
    ),
)
