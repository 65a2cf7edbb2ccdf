"""The two keys of an installation, made once and kept in the home where the operator sets none."""

from dataclasses import dataclass
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.home import secret
from domain.kernel.secrets import new_secret
from domain.kernel.settings import Settings


@dataclass(frozen=True)
class Keys:
    """`secret` encrypts credentials at rest; `admin` is the first API key, `admin_hint` tells where to find it."""

    secret: str
    admin: str
    admin_hint: str


def find_keys(home: Path, settings: Settings) -> Keys:
    """The keys from the settings, else from the home, else new ones kept in the home (0600).

    Raises CannotStart where a secret key would have to be made for a database that is not ours: it outlives the home,
    and what was encrypted under a lost key is lost.
    """
    if settings.secret_key:
        secret_key = settings.secret_key
    elif settings.database_url:
        raise CannotStart(
            "OMNISALES_SECRET_KEY is not set, which a DATABASE_URL of your own demands: set it to a long random value "
            "(such as from 'openssl rand -base64 32') and keep it as safe as the database, whose stored credentials "
            "can be read with it only."
        )
    else:
        secret_key, _ = secret(home / "secret.key", new_secret)
    if settings.admin_key:
        return Keys(secret_key, settings.admin_key, "the one in OMNISALES_ADMIN_KEY")
    file = home / "admin.key"
    admin_key, made = secret(file, lambda: f"oms_{new_secret()}")
    return Keys(secret_key, admin_key, f"{admin_key} (shown this once; kept in {file})" if made else f"kept in {file}")
