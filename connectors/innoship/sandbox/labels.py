"""Labels: the file itself, or packed into JSON."""

from base64 import b64encode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .book import Book
from .errors import error
from .pdf import SIZES, label_pdf

_FORMATS = {"A4": "A4", "A6": "A6", "A6_300dpi": "A6"}


def routes(book: Book) -> list[Route]:
    async def label(request: Request) -> Response:
        asked = request.query_params
        size = _FORMATS.get(asked.get("format", "A6"))
        if asked.get("type", "PDF").upper() != "PDF" or size is None:
            return error(400, "Value of field Format is not valid")
        shipment = book.find(request.path_params["courier"], request.path_params["awb"])
        if shipment is None:
            return error(400, "The label does not exist")
        texts = [f"AWB {shipment.awb}  {piece}/{shipment.pieces}" for piece in range(1, shipment.pieces + 1)]
        content = label_pdf(texts, SIZES[size])
        if asked.get("useFile", "true").lower() == "false":
            packed = b64encode(content).decode()
            return JSONResponse({"courier": shipment.courier, "contents": packed, "labels": []})
        return Response(content, media_type="application/pdf")

    return [Route("/api/Label/by-courier/{courier:int}/awb/{awb}", label, methods=["GET"])]
