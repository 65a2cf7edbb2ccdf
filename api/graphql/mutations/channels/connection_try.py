"""connectionTry."""

from api.graphql.accounts import checked_account
from api.graphql.change import refused
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.parts.trials import tried
from api.graphql.types.connection import ConnectionTryInput, ConnectionTryResult
from domain.kernel.actor import Permission
from domain.kernel.refusals import Invalid


async def _connection_try(info: Info, input: ConnectionTryInput) -> ConnectionTryResult:
    try:
        account = checked_account(info.context.services.host, input.connector, None, input.settings, input.credentials)
    except Invalid as refusal:
        answer: ConnectionTryResult = refused(info, refusal)
        return answer
    return await tried(
        info.context,
        key=input.connector,
        account="trial",
        settings=account.settings,
        credentials=account.credentials,
        settings_version=account.manifest.settings_version,
    )


field = root(
    _connection_try,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Tries settings and credentials before they are stored, changing nothing on either side; waits up to 20 "
        "seconds. Nothing of them is kept. A caller may try 20 times a minute (RATE_LIMITED)."
    ),
)
