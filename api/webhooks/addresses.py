"""Where far sides send their webhooks. A secret that has to stand in the path is not shown: whoever sets the far side
up knows it.
"""

from api.services import Services
from domain.channels.models import OWN_CHANNELS
from plugins.host import NotLoaded


def channel_webhook(services: Services, base_url: str, slug: str, connector: str) -> str | None:
    """The address for a channel; None where nobody sends anything."""
    if connector in OWN_CHANNELS or not _sends(services, connector):
        return None
    return f"{base_url}/webhooks/{slug}"


def courier_webhook(services: Services, base_url: str, slug: str, connector: str) -> str | None:
    """The address for a courier account; None where the courier sends nothing."""
    return f"{base_url}/webhooks/couriers/{slug}" if _sends(services, connector) else None


def _sends(services: Services, connector: str) -> bool:
    """A connector that is not loaded may send: what comes is stored until it is back."""
    try:
        return services.host.manifest(connector).webhook is not None
    except NotLoaded:
        return True
