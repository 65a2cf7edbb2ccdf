"""webhookSecretRotate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.accounts import ENSURE_WEBHOOKS
from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.connections import patched, stored_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.connection import WebhookSecretResult, WebhookSecretRotateInput
from api.services import Services
from domain.flows.accounts import CHANNEL, Locked, lock_account, lock_channel
from domain.flows.rotate_secret import RotateSecret, hours_problem, rotate_secret
from domain.kernel.actor import Permission
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.secrets import new_secret
from plugins.host import NotLoaded

USUAL_HOURS = 24


async def _webhook_secret_rotate(info: Info, input: WebhookSecretRotateInput) -> WebhookSecretResult:
    services = info.context.services
    hours = USUAL_HOURS if input.keep_old_hours is None else input.keep_old_hours

    async def work(session: AsyncSession) -> Made:
        lock = lock_account if info.context.actor.scope.everything else lock_channel  # couriers are the house's
        locked = await lock(session, id_of(input.id, "channel"), input.expected_version)
        account = locked.account
        wrong = [one for one in [hours_problem(hours)] if one is not None]
        try:
            scheme = services.host.manifest(account.connector).webhook
        except NotLoaded as fault:
            message = f"The connector {account.connector} does not run: {fault.reason}."
            raise Invalid([*wrong, Problem(("id",), "NOT_LOADED", message)]) from fault
        if scheme is None:
            raise invalid(("id",), "NOT_WANTED", f"Nobody sends webhooks for {account.title}.")
        secret = new_secret() if input.secret is None else input.secret
        stored = stored_of(locked, services.vault)
        if stored.credentials.get(scheme.secret_field) == secret:
            wrong.append(Problem(("secret",), "TAKEN", "This is the secret that holds now. Choose another."))
        try:
            patched(services.host, stored, None, {scheme.secret_field: secret}, also=wrong)
        except Invalid as fault:
            raise Invalid(_at_secret(one, scheme.secret_field) for one in fault.problems) from fault
        told = _can_be_told(services, locked)
        command = RotateSecret(field=scheme.secret_field, secret=secret, keep_old_hours=hours, tell=told)
        await rotate_secret(session, info.context.actor, locked, command, services.vault)
        until = account.old_secrets_until
        data = {"version": account.version, "told": told, "old_until": until and until.isoformat()}
        to_enter = not told and input.secret is None
        return Made("WebhookSecretRotated", data, unkept={"secret": secret} if to_enter else {})

    return await change(info, work)


def _can_be_told(services: Services, locked: Locked) -> bool:
    """As the worker judges it: it tells the far sides of channels that are on, and gives them our public address."""
    account = locked.account
    if locked.kind != CHANNEL or not account.enabled or services.settings.public_url is None:
        return False
    return services.host.supports(account.connector, ENSURE_WEBHOOKS)


def _at_secret(problem: Problem, field: str) -> Problem:
    """Where the caller wrote it."""
    here = problem.path == ("credentials", field)
    return Problem(("secret",) if here else problem.path, problem.code, problem.message)


field = root(
    _webhook_secret_rotate,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Gives a channel or courier account a new webhook secret. The old one is accepted too for a time, so that no "
        "delivery under way is refused; of several changes in a row each old secret keeps its own end. Where the "
        "connector can, the channel is on and the house has a public address, the far side is told by itself (told); "
        "elsewhere a person enters it there. Repeated under the same Idempotency-Key it tells the same, without the "
        "secret."
    ),
)
