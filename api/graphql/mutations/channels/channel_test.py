"""channelTest and courierAccountTest."""

from uuid import UUID

import strawberry
from sqlalchemy import select

from api.graphql.change import id_of
from api.graphql.context import Context, Info
from api.graphql.fields import Rows, root
from api.graphql.parts.trials import tried
from api.graphql.types.channel import ConnectionTest
from api.questions import OK
from domain.channels.models import OWN_CHANNELS, Channel
from domain.kernel.actor import Permission
from domain.kernel.refusals import NotFound
from domain.kernel.secrets import WrongKeyError
from domain.shipping.models import CourierAccount


async def _channel_test(info: Info, id: strawberry.ID) -> ConnectionTest:
    return await _test(info.context, Channel, "channel", id_of(id, "channel"))


async def _courier_account_test(info: Info, id: strawberry.ID) -> ConnectionTest:
    return await _test(info.context, CourierAccount, "courier", id_of(id, "courier account"))


async def _test(context: Context, model: type[Channel | CourierAccount], place: str, key: UUID) -> ConnectionTest:
    columns = ("slug", "connector", "settings", "credentials", "settings_version")
    statement = select(*(model.__table__.c[name] for name in columns)).where(model.id == key)
    async with context.read() as connection:
        row = (await connection.execute(statement)).first()
    if row is None:
        raise NotFound("channel" if model is Channel else "courier account", key, path=("id",))
    if row.connector in OWN_CHANNELS and model is Channel:
        return ConnectionTest(
            ok=True, code=OK, message="This channel is the house's own; there is no far side to reach."
        )
    try:
        credentials = {} if row.credentials is None else context.services.vault.open(row.credentials, f"{place}:{key}")
    except WrongKeyError as error:
        return ConnectionTest(ok=False, code="CREDENTIALS_UNREADABLE", message=str(error))
    return await tried(
        context,
        key=row.connector,
        account=row.slug,
        settings=row.settings,
        credentials=credentials,
        settings_version=row.settings_version,
    )


field = root(
    _channel_test,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Tries a channel's credentials, changing nothing on either side; waits up to 20 seconds. An unknown channel is "
        "an error with code NOT_FOUND."
    ),
)
courier_field = root(
    _courier_account_test,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Tries a courier account's credentials, changing nothing on either side; waits up to 20 seconds. An unknown "
        "account is an error with code NOT_FOUND."
    ),
)
