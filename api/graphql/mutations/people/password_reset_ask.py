"""passwordResetAsk."""

from typing import cast

from api.addresses import counted_address
from api.graphql.change import refused
from api.graphql.context import Info
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import PasswordResetAsked, PasswordResetAskResult
from domain.access.reset_password import ask_reset, check_mail
from domain.kernel.refusals import Refusal

MESSAGE = "If somebody has this address, they are sent a mail within minutes. Look among unwanted mail too."


async def _password_reset_ask(info: Info, email: str) -> PasswordResetAskResult:
    context = info.context
    context.services.mail_asks.take(counted_address(context.request.scope))
    try:
        check_mail(context.services.settings)
        async with context.begin() as session:
            await ask_reset(session, email)
    except Refusal as refusal:
        return cast(PasswordResetAskResult, refused(info, refusal))
    return PasswordResetAsked(message=MESSAGE)


field = root(
    _password_reset_ask,
    permission=Open.PUBLIC,
    rows=Rows.NONE,
    description=(
        "Sends the person of this address a link by which they set a new password, good for an hour. The answer is the "
        "same whether there is such a person. At most 5 such mails an hour for a person; an address that asks for many "
        "is refused with 429 (TOO_MANY_MAILS). A repeat sends another mail, with which the earlier links end."
    ),
)
