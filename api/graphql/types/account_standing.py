"""How an account stands with its connector."""

from datetime import datetime

import strawberry

from api.graphql.fields import attribute

from .refusals import Problem

COLUMNS = ("id", "connector", "settings", "settings_version", "credentials", "old_secrets_until")
"""The columns of an account that tell it."""


@strawberry.type(description="How what is stored of a channel or courier account stands with its connector.")
class AccountStanding:
    credentials_set: list[str] = attribute("The names of the credentials that are stored; never their values.", size=5)
    problems: list[Problem] = attribute(
        "What does not fit the connector that runs (after an update of it, say): while there is any, the account's "
        "work waits, and its webhooks are stored. Empty when all is well.",
        size=3,
    )
    passed_over: list[str] = attribute(
        "What a newer version of the connector stored and this one does not know: kept, and not used.", size=3
    )
    old_webhook_secret_until: datetime | None = attribute(
        "Until then webhooks that are signed with an earlier secret are accepted too; null when none is."
    )
