"""What an account of the manual courier may choose; it has nothing to sign with."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from omnisales_sdk import Context

PLACE = "{awb}"


def _template(value: str) -> str:
    if value and not (value.startswith(("https://", "http://")) and PLACE in value):
        raise ValueError(f"must be an address that begins with https:// and contains {PLACE}")
    return value


class Settings(BaseModel):
    """`title` is the courier's name as customers read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(
        "Manual courier",
        min_length=1,
        max_length=100,
        title="Courier's name",
        description="As customers read it in messages and in the store.",
    )
    tracking_url_template: Annotated[str, AfterValidator(_template)] = Field(
        "",
        title="Tracking address",
        description=f"The courier's tracking page, with {PLACE} where the number goes; empty if there is none.",
        examples=[f"https://courier.example/track?awb={PLACE}"],
    )


class Credentials(BaseModel):
    """None."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Ctx = Context[Settings, Credentials]
