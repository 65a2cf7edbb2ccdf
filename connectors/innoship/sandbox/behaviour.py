"""What of the sandbox's behaviour is proven, and what is assumed until somebody watches a live account."""

from dataclasses import dataclass
from typing import Literal

OPENAPI = "Innoship's OpenAPI description, service 6.0.1.513"
ORDER = "support article 80000946202 (Order)"
TRACK = "support article 80000952205 (Track)"
INFORMATION = "support article 80000946191 (API information)"
MODULE = "Innoship's Magento 2 module 1.3.8"
NEWER = "Innoship's descriptions of September 2026, as told by a public integration that read them"


@dataclass(frozen=True, slots=True)
class Behaviour:
    basis: Literal["PROVEN", "ASSUMED"]
    what: str
    source: str = ""


def _proven(what: str, source: str) -> Behaviour:
    return Behaviour("PROVEN", what, source)


def _assumed(what: str) -> Behaviour:
    return Behaviour("ASSUMED", what)


BEHAVIOURS = (
    _proven("X-Api-Key is demanded; a wrong key is answered 401", INFORMATION),
    _proven("api-version is a required parameter of the query", OPENAPI),
    _assumed("a missing api-version is answered 400 in the common error form"),
    _proven("writes on one host, reads on another", NEWER),
    _proven("errors are {errors: [{message, details}], correlationId} with 400", OPENAPI),
    _proven('a wrong warehouse is "Value of field ExternalClientLocation is not valid"', "a public VTEX integration"),
    _assumed("other fields are refused in the same words, one entry per field, parcels as Content.Parcels[0]"),
    _proven("required fields and lengths of the order and its addresses", ORDER),
    _proven("camelCase and PascalCase are both read", INFORMATION),
    _proven("sizes in cm for all parcels or for none, each from 1 to 500", MODULE),
    _assumed("the counts of envelopes, parcels and pallets agree with the list of parcels"),
    _proven("the forms of rates, of an order's answer and of a label in JSON", OPENAPI),
    _assumed("the prices, the volumetric weight (L×W×H/6000) and which courier has which service"),
    _assumed("rates carry optionId and optionName, as the newer description has them"),
    _assumed("without a courier the cheapest one is booked"),
    _proven("a second order with one externalOrderId can be refused by a client setting", OPENAPI),
    _assumed("the wording of that refusal, and that a cancelled order still counts"),
    _assumed("with async true the answer has no AWB yet"),
    _proven("an order that is cancelled is answered 201 with the order", OPENAPI),
    _assumed("cancelling twice, or after the pick-up, is refused with 400; an unknown AWB with 404"),
    _proven("labels: PDF by default, base64 in JSON with useFile=false, A6 by default", OPENAPI),
    _assumed("a label has one page per parcel; an unknown AWB is answered 400"),
    _proven("at most 200 AWBs in one tracking call", TRACK),
    _proven("the form of a tracking item, its times without a zone", TRACK),
    _assumed("those times are Romanian"),
    _assumed("AWBs and keys that are unknown are missing from the answer, which is 200"),
    _assumed("tracking by externalOrderId answers with the same items"),
    _proven("the published statuses; from 100 on they are final", "the public innoship-sdk, December 2024"),
    _proven('"Track push" sends a list of tracking items, unsigned', NEWER),
    _assumed("how long the read host lags behind the write host"),
)
