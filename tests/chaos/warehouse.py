"""An operator's clicks from a confirmed order to its AWB, through the API."""

from collections.abc import Iterable
from typing import Any

from tests.chaos.api import Answer, Api
from tests.chaos.waiting import until

BOX = {"lengthCm": "30", "widthCm": "20", "heightCm": "10", "weightKg": "1.5"}


async def by_external(api: Api, channel: str, number: int) -> Answer:
    """The order that a channel's order became."""
    return await api.ask("OrderBy", by={"external": {"channel": channel, "id": str(number)}})


async def imported(api: Api, channel: str, numbers: Iterable[int], seconds: float = 30) -> list[Answer]:
    """Waits until these orders are there."""
    found = []
    for number in numbers:

        async def there(number: int = number) -> Answer:
            return await by_external(api, channel, number)

        found.append(await until(there, what=f"order {number} is imported", seconds=seconds))
    return found


async def confirm(api: Api, order: Answer) -> Answer:
    return await api.do("Confirm", input={"id": order["id"]})


async def packed(api: Api, order: Answer) -> str:
    """The delivery note and an approved packing list of the whole of a confirmed order; the list's id."""
    note = await api.do("CreateDeliveryNote", input={"order": order["id"]})
    listed = await api.do("CreatePackingList", input={"deliveryNote": note["id"]})
    await api.do("Pack", input={"id": listed["id"], "parcels": [BOX]})
    await api.do("ApprovePackingList", id=listed["id"])
    return str(listed["id"])


async def ask_for_awb(api: Api, packing_list: str, account: str, **more: Any) -> Answer:
    return await api.do("CreateAwb", input={"packingList": packing_list, "account": account, **more})
