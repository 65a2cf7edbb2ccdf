"""What a settings or credentials model says beyond pydantic's own words, so that a form can be drawn from it alone.

class Settings(BaseModel):
    shop_url: str = Field(
        title="Address", description="Of the shop.", examples=["https://shop.example"],
        json_schema_extra=hints(format="uri"),
    )
    mode: Literal["live", "test"] = Field(
        "live", title="Mode", description="test: nothing is sold.",
        json_schema_extra=hints(group="Advanced", titles={"live": "Live", "test": "Trial run"}),
    )
"""

from collections.abc import Mapping
from typing import Any

GROUP = "x-group"
"""The keyword under which a property names the part of the form that it belongs to."""


def hints(
    *, group: str | None = None, format: str | None = None, titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """For `Field(json_schema_extra=...)`. `group` is the heading under which the field stands; without one it stands
    before all groups. `format` is JSON Schema's (`uri`, `email`...): a field with `uri` is an address to which the
    account's credentials are sent. `titles` are the words for people of a field with fixed choices, by value.
    """
    said: dict[str, Any] = {}
    if group is not None:
        said[GROUP] = group
    if format is not None:
        said["format"] = format
    if titles is not None:
        said["oneOf"] = [{"const": value, "title": title} for value, title in titles.items()]
    return said
