"""Price, order, cancel."""

import json
from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..statuses import MEANINGS
from .book import CANCELED, Book, Scan, Shipment
from .errors import error
from .rates import offers_for, rate_row
from .validation import camel, mistakes


def routes(book: Book, locations: Collection[str]) -> list[Route]:
    async def price(request: Request) -> Response:
        body = await _order_body(request)
        wrong = mistakes(body, locations)
        if wrong:
            return error(400, *wrong)
        rates = [rate_row(offer, cost, book.now()) for offer, cost in offers_for(body)]
        return JSONResponse({"rates": rates, "correlationId": None}, 201)

    async def order(request: Request) -> Response:
        body = await _order_body(request)
        wrong = mistakes(body, locations)
        if wrong:
            return error(400, *wrong)
        key = body.get("externalOrderId")
        if book.taken(key):
            return error(400, f"Order with ExternalOrderId {key} already exists")
        offers = sorted(offers_for(body), key=lambda pair: pair[1].gross)
        if not offers:
            return error(400, "No courier is available for this order", details=["Value of field ServiceId"])
        offer, cost = offers[0]
        shipment = book.order(offer.courier, body, cost)
        later = (body.get("parameters") or {}).get("async") is True
        return JSONResponse(order_row(shipment) | ({"courierShipmentId": None} if later else {}), 201)

    async def cancel(request: Request) -> Response:
        shipment = book.find(int(request.path_params["courier"]), request.path_params["awb"])
        if shipment is None:
            return error(404, "The order does not exist")
        if shipment.cancelled:
            return error(400, "The order is already canceled")
        if shipment.handed_over:
            return error(400, "The order was handed over to the courier and cannot be canceled")
        shipment.scans.append(Scan(CANCELED, MEANINGS[CANCELED].text, book.now()))
        return JSONResponse(order_row(shipment), 201)

    return [
        Route("/api/Price", price, methods=["POST"]),
        Route("/api/Order", order, methods=["POST"]),
        Route("/api/Order/{courier:int}/awb/{awb}", cancel, methods=["DELETE"]),
    ]


async def _order_body(request: Request) -> dict[str, Any]:
    """An order without anything, if the body is no JSON object: it is then refused field by field."""
    try:
        body = camel(json.loads(await request.body()))
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def order_row(shipment: Shipment) -> dict[str, Any]:
    """An order as Innoship answers with it."""
    return {
        "clientOrderId": shipment.order_id,
        "courierShipmentId": shipment.awb,
        "courierShipmentVoucher": None,
        "courier": shipment.courier,
        "courierParcelsBarcodes": None,
        "price": {
            "amount": float(shipment.price.net),
            "vat": float(shipment.price.vat),
            "totalAmount": float(shipment.price.gross),
            "currency": "RON",
            "priceComponents": None,
        },
        "calculatedDeliveryDate": f"{shipment.at:%Y-%m-%d}T00:00:00Z",
        "trackPageUrl": f"https://track.example/{shipment.awb}",
        "courierTrackPageUrl": None,
        "returnToLockerCode": None,
        "courierResponse": None,
        "extra": None,
        "address": None,
    }
