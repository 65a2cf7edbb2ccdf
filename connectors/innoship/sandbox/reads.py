"""The account's couriers, and tracking by AWB and by the client's own id."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .book import Book, Shipment
from .errors import error
from .rates import COURIERS, courier_number

_MOST_AWBS = 200


def routes(book: Book) -> list[Route]:
    async def couriers(request: Request) -> Response:
        return JSONResponse(
            [
                {"courierId": number, "courier": name, "courierDisplayName": title}
                for number, (name, title) in COURIERS.items()
            ]
        )

    async def by_awb(request: Request) -> Response:
        body = await _object(request)
        courier, awbs = courier_number(body.get("courier")), body.get("awbList")
        if courier is None or not isinstance(awbs, list) or not awbs:
            return error(400, "Value of field AwbList is not valid")
        if len(awbs) > _MOST_AWBS:
            return error(400, f"At most {_MOST_AWBS} AWBs can be tracked at once")
        found = [shipment for awb in awbs if (shipment := book.find(courier, str(awb)))]
        return JSONResponse([track_row(shipment) for shipment in book.visible(found)])

    async def by_external_order_id(request: Request) -> Response:
        keys = (await _object(request)).get("externalOrderId")
        if not isinstance(keys, list) or not keys:
            return error(400, "Value of field ExternalOrderId is not valid")
        found = [shipment for key in keys for shipment in book.under(str(key))]
        return JSONResponse([track_row(shipment) for shipment in book.visible(found)])

    return [
        Route("/api/Courier/All", couriers, methods=["GET"]),
        Route("/api/Track/by-awb/with-return", by_awb, methods=["POST"]),
        Route("/api/Track/by-external-order-id", by_external_order_id, methods=["POST"]),
    ]


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def track_row(shipment: Shipment) -> dict[str, Any]:
    """A tracking item, in the answer to a question and in a push."""
    address = shipment.body["addressTo"]
    return {
        "returnAwb": shipment.return_awb,
        "returnAwbHistory": [],
        "orderId": shipment.order_id,
        "externalOrderId": shipment.external_order_id,
        "correlationId": None,
        "courier": shipment.courier,
        "shipmentAwb": shipment.awb,
        "carrierMeasuredWeight": None,
        "recipientContactName": address.get("contactPerson"),
        "recipientLocality": address.get("localityName"),
        "recipientCountryCode": address.get("country"),
        "trackUrl": f"https://track.example/{shipment.awb}",
        "currentStatus": shipment.current.text,
        "currentStatusId": shipment.current.status,
        "dispatchId": None,
        "history": [scan.as_row() for scan in shipment.scans],
        "cashOnDeliveryHistory": shipment.cod_rows(),
    }
