"""What an order system only reads: customers, taxes, shipping, gateways, settings, the index. Recorded, unchanged."""

from .render import ORDER_METHODS
from .shop import Shop
from .wire import HOME, Call, Doc, Reply, WpError, links, picked


def _listed(rows: list[Doc], call: Call) -> Reply:
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1" if rows else "0"}
    return Reply(body=picked(rows, call.params.get("_fields")), headers=headers)


def _linked(path: str, row: Doc) -> Doc:
    return {**row, "_links": links(f"{path}/{row['id']}", allow=ORDER_METHODS)}


def list_customers(shop: Shop, call: Call) -> Reply:
    email = call.params.get("email")
    found = [customer for customer in shop.reference["customers"] if email in (None, customer["email"])]
    return _listed([_linked("customers", customer) for customer in found], call)


def get_customer(shop: Shop, call: Call) -> Reply:
    found = next((customer for customer in shop.reference["customers"] if customer["id"] == call.ids[0]), None)
    if found is None:
        raise WpError(404, "woocommerce_rest_invalid_id", "Invalid resource ID.")
    return Reply(body=_linked("customers", found))


def list_taxes(shop: Shop, call: Call) -> Reply:
    return _listed([_linked("taxes", rate) for rate in shop.tax_rates], call)


def list_shipping_methods(shop: Shop, call: Call) -> Reply:
    zone = f"shipping/zones/{call.ids[0]}"
    rows = shop.reference["shipping_methods"] if call.ids[0] == 1 else []
    root = f"{HOME}/wp-json/wc/v3/"
    describes = [{"href": root + zone}]
    return _listed(
        [
            {
                **row,
                "_links": {
                    "self": [
                        {
                            "href": f"{root}{zone}/methods/{row['id']}",
                            "targetHints": {"allow": ORDER_METHODS.split(", ")},
                        }
                    ],
                    "collection": [{"href": f"{root}{zone}/methods"}],
                    "describes": describes,
                },
            }
            for row in rows
        ],
        call,
    )


def list_gateways(shop: Shop, call: Call) -> Reply:
    """With the three fields that were recorded."""
    return _listed(shop.reference["payment_gateways"], call)


def get_setting(shop: Shop, call: Call) -> Reply:
    group, _, name = call.path.partition("/settings/")[2].partition("/")
    found = shop.reference["settings"].get(f"{group}/{name}")
    if found is None:
        raise WpError(404, "rest_setting_setting_invalid", "Invalid setting.")
    root = f"{HOME}/wp-json/wc/v3/settings/{group}"
    own = [{"href": f"{root}/{name}", "targetHints": {"allow": ["GET", "POST", "PUT", "PATCH"]}}]
    shown = dict(found)
    if name == "woocommerce_prices_include_tax":
        shown["value"] = "yes" if shop.prices_include_tax else "no"
    # Settings keep their links whatever fields are asked for.
    links_ = {"_links": {"self": own, "collection": [{"href": root}]}}
    return Reply(body=picked(shown, call.params.get("_fields")) | links_)


def system_status(shop: Shop, call: Call) -> Reply:
    """Heavy in the real store: ask for `_fields`."""
    return Reply(body=picked(shop.reference["system_status"], call.params.get("_fields")))


def index(shop: Shop, call: Call) -> Reply:
    """`/wp-json/` tells the store's own address, zone and namespaces without a key."""
    return Reply(body=shop.reference["index"])
