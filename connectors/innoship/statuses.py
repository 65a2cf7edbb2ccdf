"""Innoship's statuses of a shipment, normalised by it over all couriers, and ours.

Code and text are those of Innoship's published table (as kept in the public innoship-sdk of December 2024, with codes
4, 21, 22, 48, 49 and 90 from a later copy); what each means to us is our reading. From 100 on a status is final.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from omnisales_sdk import ShipmentStatus


@dataclass(frozen=True, slots=True)
class Meaning:
    """`status` None: the event changes nothing. `final`: nothing follows. `attention`: a person should look."""

    text: str
    status: ShipmentStatus | None
    final: bool
    attention: bool


def _load() -> Mapping[int, Meaning]:
    table = json.loads(files(__package__).joinpath("status_codes.json").read_text("utf-8"))
    return {
        int(code): Meaning(
            row["text"], ShipmentStatus(row["status"]) if row["status"] else None, row["final"], row["attention"]
        )
        for code, row in table.items()
    }


MEANINGS = _load()

CANCELLED = frozenset(code for code, meaning in MEANINGS.items() if meaning.status is ShipmentStatus.VOIDED)
