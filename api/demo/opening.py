"""The first scene: a channel, couriers, products and stock are entered, as a new customer would."""

import secrets

from .expectation import Unmet, expect, until
from .plan import Goods
from .scenery import BY_HAND, CHANNEL, INNOSHIP, Scenery

# The stand-ins' own keys; those of a real store and a real account stay out of such files.
_STORE_KEYS = {"consumer_key": "ck_sandbox", "consumer_secret": "cs_sandbox"}
_INNOSHIP_KEY, _INNOSHIP_LOCATION = "sandbox-key", "WH-1"
_TOPICS = ["order.created", "order.deleted", "order.restored", "order.updated"]


def opening(play: Scenery) -> None:
    play.tell.scene("Morning: the house is set up through GraphQL")
    _connectors(play)
    _channel(play)
    _couriers(play)
    receive(play, play.plan.goods)
    _hooks(play)


def receive(play: Scenery, goods: tuple[Goods, ...]) -> None:
    """Enters products and takes in their stock."""
    for one in goods:
        product = {
            "sku": one.sku,
            "name": one.name,
            "price": {"amount": one.price, "currency": "RON"},
            "vatRate": one.vat_rate,
        }
        play.api.ask("UpsertProduct", input=product)
    lines = [{"sku": one.sku, "quantity": one.stock} for one in goods]
    levels = play.api.ask("ReceiveStock", input={"lines": lines, "reason": "opening stock"})["lines"]
    expect("stock on hand", {one["sku"]: int(one["onHand"]) for one in levels}, {one.sku: one.stock for one in goods})
    play.tell.did(f"products and stock: {', '.join(f'{one.sku} × {one.stock}' for one in goods)}")


def _connectors(play: Scenery) -> None:
    found = play.api.ask("Connectors")
    broken = [f"{one['key']}: {one['loadError']}" for one in found if one["loadError"]]
    if broken:
        raise Unmet(f"connectors do not load: {'; '.join(broken)}")
    play.tell.did(f"connectors: {', '.join(one['title'] for one in found)}")


def _channel(play: Scenery) -> None:
    channel = play.api.ask(
        "CreateChannel",
        input={
            "slug": CHANNEL,
            "title": "Web shop",
            "connector": "woocommerce",
            "settings": {"store_url": play.store.url},
            "credentials": {**_STORE_KEYS, "webhook_secret": secrets.token_hex(24)},
            # `card` is left out on purpose: what is paid by it will wait for its meaning.
            "mappings": {"paymentMethods": {"cod": "on_delivery", "bacs": "prepaid"}},
            "invoiceAt": "CONFIRMATION",
        },
    )
    play.channel_id = channel["id"]
    trial = play.api.ask("TestChannel", id=channel["id"])
    if not trial["ok"]:
        raise Unmet(f"the store's keys do not work: {trial['message']}")
    play.tell.did(f"channel “{channel['title']}” at {channel['webhookUrl']}: {trial['message']}")


def _couriers(play: Scenery) -> None:
    secret = secrets.token_hex(24)
    innoship = {
        "slug": INNOSHIP,
        "title": "Innoship",
        "connector": "innoship",
        "settings": {
            "api_url": play.innoship.url,
            "query_url": play.innoship.url,
            "external_client_location": _INNOSHIP_LOCATION,
        },
        "credentials": {"api_key": _INNOSHIP_KEY, "webhook_secret": secret},
    }
    by_hand = {
        "slug": BY_HAND,
        "title": "Town courier",
        "connector": "manual",
        "settings": {"title": "Town courier", "tracking_url_template": "https://courier.example/track/{awb}"},
    }
    accounts = [play.api.ask("CreateCourierAccount", input=one) for one in (innoship, by_hand)]
    address = next(one["webhookUrl"] for one in play.api.ask("CourierAccounts") if one["slug"] == INNOSHIP)
    # Innoship signs nothing: the secret is the end of the address that is entered in its portal.
    play.tracking_address = f"{address}/{secret}"
    play.tell.did(f"couriers: {', '.join(one['title'] for one in accounts)}")


def _hooks(play: Scenery) -> None:
    """The store is asked to call us; and is asked once what there is, so that the day begins at a known moment."""

    def topics() -> list[str]:
        return sorted(hook["topic"] for hook in play.store.state()["hooks"] if hook["status"] == "active")

    with play.tell.waiting("the worker registers webhooks in the store, and polls it once"):
        until("webhooks are registered in the store", topics, lambda seen: seen == _TOPICS)
        until(
            "the store was polled",
            lambda: play.api.ask("Health", id=play.channel_id),
            lambda health: health["lastSuccessAt"] is not None,
        )
    play.tell.did(f"the store calls us on {', '.join(_TOPICS)}, and was polled once")
