"""passwordChange."""

from typing import cast

from api.graphql.answers import answer, made
from api.graphql.change import refused
from api.graphql.context import Info, selected
from api.graphql.fields import Open, Rows, root
from api.graphql.types.person import PasswordChangeInput, PasswordChangeResult
from domain.access.set_password import ChangePassword, change_password
from domain.kernel.refusals import Refusal


async def _password_change(info: Info, input: PasswordChangeInput) -> PasswordChangeResult:
    context = info.context
    login = None if context.caller is None else context.caller.login
    command = ChangePassword(old=input.old_password, new=input.new_password, session_id=login.id if login else None)
    try:
        user = await change_password(context, context.actor, context.services.passwords, command)
    except Refusal as refusal:
        return cast(PasswordChangeResult, refused(info, refusal))
    context.services.callers.forget()
    return cast(PasswordChangeResult, await answer(context, made("Person", user.id), selected(info)))


field = root(
    _password_change,
    permission=Open.KNOWN,
    rows=Rows.NONE,
    description=(
        "Sets your own password and ends your other sessions. A wrong old password counts as a failed log-in. It takes "
        "no Idempotency-Key: a repeat finds that the old password is no longer yours."
    ),
)
