"""What happens in the world outside while a guide is played: buyers, the store's staff, the courier."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import httpx
import pyotp
from sqlalchemy import select

from domain.kernel.secrets import new_secret
from domain.orders.models import Order
from domain.shipping.models import Shipment, ShipmentStatus
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.engine_room import eventually

from .house import House
from .matching import Known

Event = Callable[[House, Known, re.Match[str]], Awaitable[None]]

DELIVERED = 100
_SCANS = {"picked up": 2, "under way": 20, "delivered": DELIVERED}


async def happen(house: House, known: Known, event: str) -> None:
    """Makes an event happen, by its sentence. Raises `LookupError` for a sentence that is none of ours."""
    for pattern, act in _EVENTS.items():
        match = re.fullmatch(pattern, event, re.DOTALL)
        if match is not None:
            await act(house, known, match)
            await house.at_rest()
            return
    raise LookupError(f"no event is called {event!r}")


async def _ordered(house: House, known: Known, told: re.Match[str]) -> None:
    (number,) = house.store.place(told["template"], **json.loads(told["changes"] or "{}"))
    known[told["name"]] = str(number)
    _deliver(house)


async def _changed(house: House, known: Known, told: re.Match[str]) -> None:
    house.store.control(f"orders/{known[told['name']]}", json.loads(told["body"]))
    _deliver(house)


def _deliver(house: House) -> None:
    assert house.store.control("deliver", {})["failed"] == 0


async def _scanned(house: House, known: Known, told: re.Match[str]) -> None:
    scan = {"awb": known[told["awb"]], "status_id": _SCANS[told["how"]], "locality": "Cluj-Napoca"}
    address = f"{house.url}/webhooks/couriers/innoship/{house.known['<push secret>']}"
    async with httpx.AsyncClient(base_url=f"{house.courier.url}/_sandbox") as courier:
        assert (await courier.post("/advance", json=scan)).status_code == 200
        assert (await courier.post("/push", json={"url": address, "awbs": [scan["awb"]]})).json()["status"] == 200


async def _lost(house: House, _: Known, __: re.Match[str]) -> None:
    house.courier.lose_answer()


async def _lost_for_good(house: House, _: Known, __: re.Match[str]) -> None:
    house.courier.lose_answer()
    house.courier.faults.add(Fault(kind="status", match="POST /api/Track", status=503, times=None))


async def _packed(house: House, known: Known, told: re.Match[str]) -> None:
    """Confirms an order that is not confirmed yet, and brings it to an approved packing list."""

    async def ask(document: str, **variables: object) -> str:
        body = {"query": document, "variables": variables}
        answer = await house.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {known['<key>']}"})
        (found,) = answer.json()["data"].values()
        assert set(found) == {"id"}, answer.text
        return str(found["id"])

    order = known[told["order"]]
    async with house.database.read() as connection:
        if await connection.scalar(select(Order.confirmed_at).where(Order.id == UUID(order))) is None:
            await ask(_CONFIRM, id=order)
    note = await ask(_NOTE, order=order)
    known[told["name"]] = packing_list = await ask(_LIST, note=note)
    await ask(_PACK, id=packing_list)
    await ask(_APPROVE, id=packing_list)


_REFUSED = "... on Refusal { code message path }"
_CONFIRM = f"mutation ($id: ID!) {{ orderConfirm(input: {{id: $id}}) {{ ... on Order {{ id }} {_REFUSED} }} }}"
_NOTE = f"""mutation ($order: ID!) {{
  deliveryNoteCreate(input: {{order: $order}}) {{ ... on DeliveryNote {{ id }} {_REFUSED} }}
}}"""
_LIST = f"""mutation ($note: ID!) {{
  packingListCreate(input: {{deliveryNote: $note}}) {{ ... on PackingList {{ id }} {_REFUSED} }}
}}"""
_PACK = f"""mutation ($id: ID!) {{
  packingListPack(input: {{id: $id, parcels: [{{lengthCm: 40, widthCm: 30, heightCm: 20, weightKg: "3.2"}}]}}) {{
    ... on PackingList {{ id }} {_REFUSED}
  }}
}}"""
_APPROVE = f"mutation ($id: ID!) {{ packingListApprove(id: $id) {{ ... on PackingList {{ id }} {_REFUSED} }} }}"


async def _refuses(house: House, _: Known, told: re.Match[str]) -> None:
    body = {"errors": [{"message": told["words"], "details": []}], "correlationId": "1f0c"}
    house.courier.faults.add(Fault(kind="status", match=told["match"], status=400, body=body, times=1))


async def _asked(house: House, _: Known, __: re.Match[str]) -> None:
    async def known_now() -> bool:
        async with house.database.read() as connection:
            return not (await connection.execute(select(Shipment.id).where(_UNKNOWN))).first()

    await eventually(known_now, seconds=30)


async def _set_up(house: House, known: Known, told: re.Match[str]) -> None:
    """The command itself, on the house's servers."""
    known[told["password"]] = password = new_secret()
    given = {
        "DATABASE_URL": house.database.url,
        "REDIS_URL": house.redis_url,
        "OMNISALES_SECRET_KEY": new_secret(),
        "OMNISALES_PUBLIC_URL": house.url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    options = ["--admin-email", told["email"], "--admin-name", told["who"], "--password-stdin", "--json"]
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli", "init", *options), env=os.environ | given, stdin=PIPE, stdout=PIPE
    )
    out, _ = await command.communicate(f"{password}\n".encode())
    done = json.loads(out)
    assert (command.returncode, done["made_administrator"]) == (0, True), done


async def _opened(house: House, known: Known, told: re.Match[str]) -> None:
    """The last mail to somebody leads to this page."""
    mail = next(one for one in reversed(house.mails.mails) if one.rcpt_tos == [told["email"]])
    assert isinstance(mail.content, bytes)
    text = message_from_bytes(mail.content, policy=policy.default).get_content()
    [known[told["name"]]] = re.findall(re.escape(told["page"]) + r"#token=(\S+)", text)


async def _app_shows(_: House, known: Known, told: re.Match[str]) -> None:
    at = datetime.now(UTC) + timedelta(seconds=30 if told["later"] else 0)
    known[told["name"]] = pyotp.TOTP(known[told["secret"]]).at(at)


_UNKNOWN = Shipment.status == ShipmentStatus.UNKNOWN

_EVENTS: dict[str, Event] = {
    r'the store gets the order "(?P<template>[\w-]+)" as (?P<name><[\w ]+>)(?: with (?P<changes>\{.*\}))?': _ordered,
    r"in the store, (?P<name><[\w ]+>) becomes (?P<body>\{.*\})": _changed,
    r"the courier scans (?P<awb><[\w ]+>) as (?P<how>[\w ]+)": _scanned,
    r"the courier's next answer is lost": _lost,
    r"the courier's next answer is lost, and it cannot be asked": _lost_for_good,
    r"(?P<order><[\w ]+>) is packed as (?P<name><[\w ]+>)": _packed,
    r'the courier answers "(?P<match>[^"]+)" with "(?P<words>[^"]+)"': _refuses,
    r"the worker has asked the courier": _asked,
    r"omnisales init makes (?P<who>[\w ]+) with (?P<email>\S+) and (?P<password><[\w ]+>)": _set_up,
    r"(?P<email>\S+) opens the link of a mail to (?P<page>\S+) with (?P<name><[\w ]+>)": _opened,
    r"an app with (?P<secret><[\w ]+>) shows (?P<name><[\w ]+>)(?P<later>, half a minute later)?": _app_shows,
}
