"""What an account of Innoship may choose, and what it signs with."""

from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from omnisales_sdk import Context

from .services import parse_choice


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

    api_url: Address = Field("https://api.innoship.com", title="Address for orders, prices and labels")
    query_url: Address = Field("https://query.innoship.com", title="Address for tracking and lists")
    external_client_location: str = Field(
        min_length=1,
        title="External Location Id",
        description="The warehouse's id in Innoship's portal, under Locations.",
    )
    locations: dict[str, str] = Field(
        default_factory=dict,
        title="External Location Id by warehouse",
        description="For accounts with several warehouses: our warehouse code to Innoship's External Location Id.",
    )
    default_service: Choice = Field(
        "1",
        title="Service when none is chosen",
        description='"service", "courier:service" or "courier:service:option"; without a courier, Innoship chooses.',
    )
    point_service: Choice = Field(
        "3",
        title="Service for lockers and pick-up points when none is chosen",
        description='"3" for lockers, "4" for pick-up points; must match the type of the point.',
    )
    couriers: tuple[int, ...] = Field(
        (),
        title="Couriers to offer",
        description="Innoship's courier numbers; empty offers all. A wide account answers with dozens of offers.",
    )
    cod_mode: Literal["bank", "cash"] = Field(
        "bank", title="Cash on delivery is paid out", description="To the bank account, or in cash."
    )
    insured_as: Literal["insurance", "declared_value"] = Field("insurance", title="Insured value is sent as")
    payer: Literal["Sender", "Recipient", "ThirdParty"] = Field("Sender", title="Transport is paid by")
    open_package: bool = Field(False, title="The recipient may open the parcel")
    saturday_delivery: bool = Field(False, title="Delivery on Saturday")
    return_of_documents: bool = Field(False, title="Signed documents come back")
    default_contents: str = Field("Produse", min_length=1, max_length=100, title="Contents when a parcel names none")
    package: str = Field("box", max_length=50, title="Packaging")
    metadata: str = Field("", max_length=100, title="Text for the account's own rules")
    preferred_label: Literal["A4", "A6"] = Field("A6", title="Label made with the AWB")
    unique_order_reference: int | None = Field(
        None,
        title="uniqueOrderReferenceId",
        description="Asks Innoship to refuse a second order with our key; the number is told by its support.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "Europe/Bucharest",
        title="Time zone of events",
        description="Innoship's events carry no zone; this one is assumed.",
    )


class Credentials(BaseModel):
    """The static key, and the secret at the end of the address that is entered in the portal as "Track push"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: Annotated[SecretStr, AfterValidator(_header)] = Field(title="API key")
    webhook_secret: SecretStr | None = Field(None, min_length=16, title="Secret in the Track push address")


Ctx = Context[Settings, Credentials]
