"""Connectors, as the host describes them."""

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute


@strawberry.type(description="A plugin that speaks with a shop, a courier or another far side.")
class Connector:
    key: str = attribute("Its key, by which channels and courier accounts name it.")
    title: str = attribute("Name for people.")
    version: str = attribute("The version of its package.")
    kinds: list[str] = attribute("sales_channel, courier, document_exchange.")
    capabilities: list[str] = attribute("The operations that it implements.")
    settings_schema: JSON = attribute("JSON Schema of its settings.")
    credentials_schema: JSON = attribute("JSON Schema of its credentials; secrets are marked writeOnly.")
    load_error: str | None = attribute("Why it is not running; null when it is.")
