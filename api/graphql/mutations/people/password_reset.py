"""passwordReset."""

from typing import cast

from api.addresses import counted_address
from api.graphql.change import refused
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.idempotency import RequestRefused
from api.graphql.types.person import PasswordResetDone, PasswordResetInput, PasswordResetResult
from domain.access.hashing import TooBusy
from domain.access.reset_password import ResetPassword, reset_password
from domain.kernel.refusals import Refusal


async def _password_reset(info: Info, input: PasswordResetInput) -> PasswordResetResult:
    context = info.context
    services, address = context.services, counted_address(context.request.scope)
    services.attempts.begin(address)
    try:
        command = ResetPassword(token=input.token, password=input.password)
        user = await reset_password(context, services.passwords, command)
    except TooBusy as busy:
        services.attempts.succeeded(address)
        raise RequestRefused(429, busy.code, busy.message, headers={"Retry-After": str(busy.seconds)}) from busy
    except Refusal as refusal:
        return cast(PasswordResetResult, refused(info, refusal))
    services.attempts.succeeded(address)
    services.callers.forget()
    return PasswordResetDone(email=user.email)


field = root(
    _password_reset,
    permission=Open.PUBLIC,
    rows=Rows.NONE,
    description=(
        "Sets the password of whom a link was sent to, by the link's token; opens the account if it is locked, and "
        "ends all that the person has open. A second factor stays. The token is good once: a repeat is refused."
    ),
)
