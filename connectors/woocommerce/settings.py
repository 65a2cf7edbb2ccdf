"""What a store may choose, and what we sign with."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from omnisales_sdk import Context, hints

_MORE = "Reading orders"
_FIELDS = "Fields of the store's plugins"


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be the store's own address, such as https://shop.example")
    return value.rstrip("/")


def _plain_secret(value: SecretStr) -> SecretStr:
    # WooCommerce before 2019 signed with the HTML-escaped form of such secrets (its issue 22500).
    if any(character in "&<>\"'" for character in value.get_secret_value()):
        raise ValueError("must hold none of & < > \" ', with which older WooCommerce signs wrongly")
    return value


class Settings(BaseModel):
    """One store. The keys of meta data are set by the store's plugins; an empty key is not looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store_url: Annotated[str, AfterValidator(_address)] = Field(
        title="Address of the store",
        description="Exactly as WordPress knows it under Settings, General: with or without www, http or https.",
        examples=["https://shop.example"],
        json_schema_extra=hints(format="uri"),
    )
    auth: Literal["auto", "basic", "query", "oauth"] = Field(
        "auto",
        title="How requests are signed",
        description="auto: Basic over https, OAuth 1.0a over http. query: for servers that strip the Authorization "
        "header; keys are then part of addresses.",
        json_schema_extra=hints(
            titles={
                "auto": "By itself, as the address says",
                "basic": "Basic authentication (https)",
                "query": "In the address (https)",
                "oauth": "OAuth 1.0a (http)",
            },
        ),
    )
    page_size: int = Field(
        50,
        ge=5,
        le=100,
        title="Orders a page",
        description="Halved by itself while pages fail.",
        json_schema_extra=hints(group=_MORE),
    )
    overlap_minutes: int = Field(
        10,
        ge=0,
        le=2880,
        title="Minutes read again",
        description="Before the newest change that was seen.",
        json_schema_extra=hints(group=_MORE),
    )
    import_since: AwareDatetime | None = Field(
        None,
        title="Import orders changed since",
        description="Empty: as many days as the next setting says.",
        examples=["2026-01-01T00:00:00Z"],
        json_schema_extra=hints(group=_MORE),
    )
    import_days: int = Field(
        30,
        ge=0,
        le=3650,
        title="Days of changes to import at first",
        description="0: only what changes after the first run. Orders that are closed there already are imported "
        "without effects on stock and invoices, and none from before the connection is confirmed by itself.",
        json_schema_extra=hints(group=_MORE),
    )
    cash_on_delivery: tuple[str, ...] = Field(
        ("cod",),
        title="Payment methods paid on delivery",
        description="For these, WooCommerce's date of payment proves nothing: it is set when the order is completed.",
        json_schema_extra=hints(group=_MORE),
    )
    tax_id_meta_key: str = Field(
        "_billing_cui",
        title="Meta key of the company's tax id",
        description="Where the store's plugin for invoices keeps it on the order; empty: not looked for.",
        json_schema_extra=hints(group=_FIELDS),
    )
    registration_meta_key: str = Field(
        "_billing_nr_reg_com",
        title="Meta key of the trade register number",
        description="Where the store's plugin for invoices keeps it on the order; empty: not looked for.",
        json_schema_extra=hints(group=_FIELDS),
    )
    delivery_point_meta_key: str = Field(
        "",
        title="Meta key of the pick-up point",
        description="On the order, or on its shipping line.",
        json_schema_extra=hints(group=_FIELDS),
    )
    tracking_number_meta_key: str = Field(
        "_tracking_number",
        min_length=1,
        title="Meta key for AWB numbers",
        description="Written to the order with its status, for the store's own page and mails.",
        json_schema_extra=hints(group=_FIELDS),
    )
    tracking_url_meta_key: str = Field(
        "_tracking_url",
        title="Meta key for the tracking address",
        description="The courier's page for the parcel; empty: not written.",
        json_schema_extra=hints(group=_FIELDS),
    )
    tracking_courier_meta_key: str = Field(
        "_tracking_provider",
        title="Meta key for the courier",
        description="The courier's name; empty: not written.",
        json_schema_extra=hints(group=_FIELDS),
    )

    @property
    def signing(self) -> Literal["basic", "query", "oauth"]:
        """WooCommerce ignores Basic without TLS, and answers 401."""
        if self.auth != "auto":
            return self.auth
        return "basic" if self.store_url.startswith("https://") else "oauth"


class Credentials(BaseModel):
    """A REST API key with read and write permission, and the secret with which the store signs what it sends us."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consumer_key: SecretStr = Field(
        min_length=1,
        title="Consumer key",
        description="Of a key with read and write permission: WooCommerce, Settings, Advanced, REST API. Begins ck_.",
    )
    consumer_secret: SecretStr = Field(
        min_length=1, title="Consumer secret", description="Shown once, with the key. Begins cs_."
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_plain_secret)] = Field(
        min_length=8,
        title="Webhook secret",
        description="A long random text; left out, one is made. The store is given it.",
    )


Ctx = Context[Settings, Credentials]
