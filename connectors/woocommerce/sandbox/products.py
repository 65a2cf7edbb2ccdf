"""Products and variations, as far as stock and prices go. Images are not kept: a body with images gets a 501.

Proven: amounts are texts, a number is refused; stock is a whole number; with manage_stock false it is silently dropped;
so are a sale price that is no lower and a price on a variable parent; variations are written under their parent only; a
SKU is unique over both; a batch answers 200 whatever failed in it.
"""

import re
from collections.abc import Callable

from .listing import dated, page
from .orders import MOST_IN_BATCH
from .params import one_of
from .shop import Shop, gmt, read_gmt
from .wire import HOME, INVALID_TYPE, Call, Doc, Reply, WpError, created, invalid_param, links, picked, slugged

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_STRINGS = ("regular_price", "sale_price", "sku", "name", "description", "short_description")
_PLAIN = ("name", "description", "short_description", "weight")
_OF_VARIATION = (
    *("id", "type", "date_created", "date_created_gmt", "date_modified", "date_modified_gmt", "description"),
    *("permalink", "sku", "global_unique_id", "price", "regular_price", "sale_price", "date_on_sale_from"),
    *("date_on_sale_from_gmt", "date_on_sale_to", "date_on_sale_to_gmt", "on_sale", "status", "purchasable"),
    *("virtual", "downloadable", "downloads", "download_limit", "download_expiry", "tax_status", "tax_class"),
    *("manage_stock", "stock_quantity", "stock_status", "backorders", "backorders_allowed", "backordered"),
    *("low_stock_amount", "weight", "dimensions", "shipping_class", "shipping_class_id"),
)
_SCRIPT = re.compile(r"</?script[^>]*>", re.IGNORECASE)


def list_products(shop: Shop, call: Call) -> Reply:
    """`GET products`: variations only when they are asked for by SKU."""
    if "sku" in call.params:
        wanted = set(filter(None, call.params["sku"].split(",")))
        found = [product for product in shop.products.values() if product["sku"] in wanted]
    else:
        found = [product for product in shop.products.values() if product["type"] != "variation"]
    return page(call, dated(shop, call, [_stamped(product) for product in found]), lambda row: rendered(shop, row))


def get_product(shop: Shop, call: Call) -> Reply:
    product = _existing(shop, call.ids[0])
    return Reply(body=picked(rendered(shop, product), call.params.get("_fields")))


def make_product(shop: Shop, call: Call) -> Reply:
    """`POST products`: simple ones."""
    one_of("type", call.body.get("type", "simple"), ("simple",))
    _check(shop, call.body, None)
    model = next(product for product in shop.reference["products"] if product["id"] == 15)
    number, now = next(shop.post_ids), shop.gmt()
    slug = slugged(call.body.get("name", "product"))
    product = {**model, "id": number, "slug": slug, "sku": "", "manage_stock": False, "total_sales": 0}
    product["permalink"] = f"{HOME}/product/{slug}/"
    product |= {"date_created_gmt": gmt(now), "related_ids": [], "average_rating": "0"}
    shop.products[number] = product
    _apply(shop, product, call.body)
    shop.happened("product.created", number)
    return created(f"products/{number}", _edited(shop, product))


def change_product(shop: Shop, call: Call) -> Reply:
    return Reply(body=_changed(shop, call.ids[0], call.body))


def _changed(shop: Shop, number: int, body: Doc) -> Doc:
    product = _existing(shop, number, writing=True)
    if product["type"] == "variation":
        route = "/products/&lt;product_id&gt;/variations/&lt;id&gt;"
        message = f"To manipulate product variations you should use the {route} endpoint."
        raise WpError(404, "woocommerce_rest_invalid_product_id", message)
    _check(shop, body, product)
    _apply(shop, product, body)
    return _edited(shop, product)


def delete_product(shop: Shop, call: Call) -> Reply:
    """For good, without a webhook; into the bin with one."""
    product = _existing(shop, call.ids[0])
    answer = rendered(shop, product)
    if call.params.get("force", "") in ("true", "1"):
        del shop.products[product["id"]]
    else:
        product["status"] = "trash"
        shop.happened("product.deleted", product["id"])
    return Reply(body=answer)


def batch_products(shop: Shop, call: Call) -> Reply:
    return _batch(call, lambda item: _changed(shop, item.get("id", 0), item))


def list_variations(shop: Shop, call: Call) -> Reply:
    found = [product for product in shop.products.values() if product["parent_id"] == call.ids[0]]
    return page(call, [_stamped(product) for product in found], lambda row: rendered_variation(shop, row))


def get_variation(shop: Shop, call: Call) -> Reply:
    return Reply(body=rendered_variation(shop, _variation(shop, *call.ids)))


def change_variation(shop: Shop, call: Call) -> Reply:
    return Reply(body=_changed_variation(shop, call.ids[0], call.ids[1], call.body))


def _changed_variation(shop: Shop, parent: int, number: int, body: Doc) -> Doc:
    product = _variation(shop, parent, number)
    _check(shop, body, product)
    _apply(shop, product, body)
    # What a write answers shows where the tax class comes from, reading shows what it is.
    return rendered_variation(shop, product) | {"tax_class": product["tax_class"] or "parent"}


def batch_variations(shop: Shop, call: Call) -> Reply:
    return _batch(call, lambda item: _changed_variation(shop, call.ids[0], item.get("id", 0), item))


def _batch(call: Call, change: Callable[[Doc], Doc]) -> Reply:
    items = call.body.get("update", [])
    if len(items) > MOST_IN_BATCH:
        message = f"Unable to accept more than {MOST_IN_BATCH} items for this request."
        raise WpError(413, "woocommerce_rest_request_entity_too_large", message)
    return Reply(body={"update": [_tried(change, item) for item in items]})


def _tried(change: Callable[[Doc], Doc], item: Doc) -> Doc:
    try:
        return change(item)
    except WpError as error:
        return {"id": item.get("id"), "error": error.body}


def _existing(shop: Shop, number: int, *, writing: bool = False) -> Doc:
    if number not in shop.products:
        raise WpError(400 if writing else 404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
    return shop.products[number]


def _variation(shop: Shop, parent: int, number: int) -> Doc:
    product = shop.products.get(number)
    if product is None or product["parent_id"] != parent:
        raise WpError(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
    return product


def _check(shop: Shop, body: Doc, product: Doc | None) -> None:
    if "images" in body:
        raise WpError(501, "sandbox_without_images", "This sandbox keeps no images.")
    for name in _STRINGS:
        if name in body and not isinstance(body[name], str):
            raise invalid_param(name, f"{name} is not of type string.", INVALID_TYPE)
    quantity = body.get("stock_quantity", 0)
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise invalid_param("stock_quantity", "stock_quantity is not of type integer.", INVALID_TYPE)
    _check_sku(shop, body.get("sku", ""), product)


def _check_sku(shop: Shop, sku: str, product: Doc | None) -> None:
    holder = next((other for other in shop.products.values() if sku and other["sku"] == sku), None)
    if holder and holder is not product:
        data = {"resource_id": holder["id"], "unique_sku": f"{sku}-1"}
        raise WpError(400, "product_invalid_sku", "Invalid or duplicated SKU.", data=data)


def _apply(shop: Shop, product: Doc, body: Doc) -> None:
    product |= {name: _SCRIPT.sub("", body[name]) for name in _PLAIN if name in body}
    product["sku"] = body.get("sku", product["sku"])
    product["manage_stock"] = body.get("manage_stock", product["manage_stock"])
    if product["manage_stock"]:
        _set_stock(product, body)
    if product["type"] != "variable":
        _set_prices(product, body)
    product["date_modified_gmt"] = gmt(shop.gmt())
    shop.happened("product.updated", product["id"])


def _set_stock(product: Doc, body: Doc) -> None:
    """`inventory_delta` is in no schema, and taken all the same."""
    before = product["stock_quantity"] or 0
    product["stock_quantity"] = body.get("stock_quantity", before + body.get("inventory_delta", 0))
    product["stock_status"] = "instock" if product["stock_quantity"] > 0 else "outofstock"


def _set_prices(product: Doc, body: Doc) -> None:
    for name in ("regular_price", "sale_price"):
        # The shop shows prices with a comma, and understands it.
        product[name] = str(body.get(name, product[name])).replace(",", ".")
    regular, sale = product["regular_price"], product["sale_price"]
    if sale and float(sale) >= float(regular or 0):
        product["sale_price"] = sale = ""
    product["price"] = sale or regular
    product["on_sale"] = bool(sale)


def _stamped(product: Doc) -> Doc:
    """With the times by which lists are filtered and sorted."""
    times = {"created": read_gmt(product["date_created_gmt"]), "modified": read_gmt(product["date_modified_gmt"])}
    return {**product, **times}


def _edited(shop: Shop, product: Doc) -> Doc:
    """What a write answers: texts as they are stored, and two keys more."""
    texts = {name: product[name] for name in ("description", "short_description")}
    more = {"permalink_template": f"{HOME}/product/%pagename%/", "generated_slug": product["slug"]}
    return rendered(shop, product) | texts | more


def _html(text: str) -> str:
    """Texts as they are shown: in paragraphs."""
    return "" if not text else f"{text if text.startswith('<p>') else f'<p>{text}</p>'}\n"


def rendered(shop: Shop, product: Doc) -> Doc:
    """A product as `/products` shows it, a variation too."""
    shown = {name: value for name, value in product.items() if name not in ("created", "modified")}
    shown |= {name: _html(product[name]) for name in ("description", "short_description")}
    up = f"products/{product['parent_id']}" if product["parent_id"] else None
    number = product["id"]
    return shown | _local_dates(shop, product) | {"_links": links(f"products/{number}", allow=_METHODS, up=up)}


def rendered_variation(shop: Shop, product: Doc) -> Doc:
    shown = {**product, **_local_dates(shop, product)}
    parent = product["parent_id"]
    return {
        **{name: shown[name] for name in _OF_VARIATION},
        "image": None,
        "gallery_image_ids": [],
        "attributes": product["attributes"],
        "menu_order": product["menu_order"],
        "meta_data": product["meta_data"],
        "name": ", ".join(attribute["option"] for attribute in product["attributes"]),
        "parent_id": parent,
        "_links": links(f"products/{parent}/variations/{product['id']}", allow=_METHODS, up=f"products/{parent}"),
    }


def _local_dates(shop: Shop, product: Doc) -> Doc:
    names = ("date_created", "date_modified")
    return {name: shop.local(read_gmt(product[f"{name}_gmt"])) for name in names}
