"""What an account of Innoship may choose, and what it signs with."""

from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from omnisales_sdk import Context, hints

from .services import parse_choice

_CHOICE = "What is ordered"
_PARCEL = "Parcels and labels"
_MORE = "Connection"


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://api.innoship.com")
    return value.rstrip("/")


def _header(value: SecretStr) -> SecretStr:
    """Keys are pasted with blanks and line ends around them; anything odd inside could not be sent as a header."""
    key = value.get_secret_value().strip()
    if not (key and key.isascii() and key.isprintable()):
        raise ValueError("must be the key as Innoship shows it: letters, digits and signs on one line")
    return SecretStr(key)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("must be the name of a time zone, such as Europe/Bucharest") from error
    return value


def _choice(value: str) -> str:
    parse_choice(value)
    return value


Address = Annotated[str, AfterValidator(_address)]
Choice = Annotated[str, AfterValidator(_choice)]


class Settings(BaseModel):
    """One account. Innoship split its hosts on 2026-07-20: writes go to `api_url`, reads to `query_url`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_url: Address = Field(
        "https://api.innoship.com",
        title="Address for orders, prices and labels",
        description="Innoship's host for writes; change it only when Innoship says so.",
        json_schema_extra=hints(group=_MORE, format="uri"),
    )
    query_url: Address = Field(
        "https://query.innoship.com",
        title="Address for tracking and lists",
        description="Innoship's host for reads; change it only when Innoship says so.",
        json_schema_extra=hints(group=_MORE, format="uri"),
    )
    external_client_location: str = Field(
        min_length=1,
        title="External Location Id",
        description="The warehouse's id in Innoship's portal, under Locations.",
        examples=["WH-1"],
    )
    locations: dict[str, str] = Field(
        default_factory=dict,
        title="External Location Id by warehouse",
        description="For accounts with several warehouses: our warehouse code to Innoship's External Location Id.",
        examples=[{"MAIN": "WH-1"}],
    )
    default_service: Choice = Field(
        "1",
        title="Service when none is chosen",
        description='"service", "courier:service" or "courier:service:option"; without a courier, Innoship chooses.',
        json_schema_extra=hints(group=_CHOICE),
    )
    point_service: Choice = Field(
        "3",
        title="Service for lockers and pick-up points when none is chosen",
        description='"3" for lockers, "4" for pick-up points; must match the type of the point.',
        json_schema_extra=hints(group=_CHOICE),
    )
    couriers: tuple[int, ...] = Field(
        (),
        title="Couriers to offer",
        description="Innoship's courier numbers; empty offers all. A wide account answers with dozens of offers.",
        json_schema_extra=hints(group=_CHOICE),
    )
    cod_mode: Literal["bank", "cash"] = Field(
        "bank",
        title="Cash on delivery is paid out",
        description="To the bank account, or in cash.",
        json_schema_extra=hints(group=_CHOICE, titles={"bank": "To the bank account", "cash": "In cash"}),
    )
    insured_as: Literal["insurance", "declared_value"] = Field(
        "insurance",
        title="Insured value is sent as",
        description="Couriers charge the two differently; your contract says which one holds.",
        json_schema_extra=hints(group=_CHOICE, titles={"insurance": "Insurance", "declared_value": "Declared value"}),
    )
    payer: Literal["Sender", "Recipient", "ThirdParty"] = Field(
        "Sender",
        title="Transport is paid by",
        description="Whom the courier sends its invoice.",
        json_schema_extra=hints(
            group=_CHOICE, titles={"Sender": "The sender", "Recipient": "The recipient", "ThirdParty": "A third party"}
        ),
    )
    open_package: bool = Field(
        False,
        title="The recipient may open the parcel",
        description="Before paying and signing.",
        json_schema_extra=hints(group=_CHOICE),
    )
    saturday_delivery: bool = Field(
        False,
        title="Delivery on Saturday",
        description="Where the courier offers it, mostly for a charge.",
        json_schema_extra=hints(group=_CHOICE),
    )
    return_of_documents: bool = Field(
        False,
        title="Signed documents come back",
        description="Where the courier offers it, mostly for a charge.",
        json_schema_extra=hints(group=_CHOICE),
    )
    default_contents: str = Field(
        "Produse",
        min_length=1,
        max_length=100,
        title="Contents when a parcel names none",
        description="Printed on the label.",
        json_schema_extra=hints(group=_PARCEL),
    )
    package: str = Field(
        "box",
        max_length=50,
        title="Packaging",
        description="Innoship's word for what the goods are packed in.",
        json_schema_extra=hints(group=_PARCEL),
    )
    metadata: str = Field(
        "",
        max_length=100,
        title="Text for the account's own rules",
        description="Sent with each order; rules in Innoship's portal can look at it.",
        json_schema_extra=hints(group=_PARCEL),
    )
    preferred_label: Literal["A4", "A6"] = Field(
        "A6",
        title="Label made with the AWB",
        description="The format that is at hand at once; others are asked for when they are printed.",
        json_schema_extra=hints(group=_PARCEL, titles={"A4": "A4", "A6": "A6 (105 × 148 mm)"}),
    )
    unique_order_reference: int | None = Field(
        None,
        title="uniqueOrderReferenceId",
        description="Asks Innoship to refuse a second order with our key; the number is told by its support.",
        json_schema_extra=hints(group=_MORE),
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "Europe/Bucharest",
        title="Time zone of events",
        description="Innoship's events carry no zone; this one is assumed.",
        json_schema_extra=hints(group=_MORE),
    )


class Credentials(BaseModel):
    """The static key, and the secret at the end of the address that is entered in the portal as "Track push"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: Annotated[SecretStr, AfterValidator(_header)] = Field(
        title="API key", description="As Innoship's support issued it for this account."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        title="Secret in the Track push address",
        description="A long random text of your own: the last part of the address that is entered in Innoship's "
        "portal as Track push. Empty: nothing is pushed, and tracking is asked for.",
    )


Ctx = Context[Settings, Credentials]
