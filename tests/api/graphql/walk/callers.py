"""The callers of the walk: keys with exactly the permissions that a test asks for."""

from collections.abc import Collection
from dataclasses import dataclass, field

from domain.access.models import ApiKey, Role
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest
from tests.api.conftest import Api

from .world import WALKER


@dataclass
class Callers:
    """Makes each key once."""

    api: Api
    known: dict[frozenset[Permission], dict[str, str]] = field(default_factory=dict)

    async def prepare(self) -> None:
        async with self.api.database.begin() as session:
            now = utc_now()
            session.add(Role(id=new_id(), slug=WALKER, title="W", permissions=[], created_at=now, updated_at=now))

    async def having(self, permissions: Collection[Permission]) -> dict[str, str]:
        """The headers of a caller who may this and nothing else."""
        wanted = frozenset(permissions)
        if wanted not in self.known:
            secret = f"walk-{len(self.known)}"
            async with self.api.database.begin() as session:
                session.add(
                    ApiKey(
                        name=secret,
                        key_hash=digest(secret),
                        permissions=sorted(wanted),
                        roles=[WALKER],
                        created_at=utc_now(),
                    )
                )
            self.known[wanted] = {"Authorization": f"Bearer {secret}"}
        return self.known[wanted]

    async def without(self, permission: Permission) -> dict[str, str]:
        """The headers of a caller who may everything but this."""
        return await self.having(set(Permission) - {permission})
