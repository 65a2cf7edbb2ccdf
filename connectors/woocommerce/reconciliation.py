"""All orders of a time, by their ids, for comparing the store's list with ours."""

from datetime import UTC, datetime, timedelta

from omnisales_sdk import NeedsHuman, OrderRef, hookimpl

from .client import call
from .keyset import Position, advanced, moved
from .settings import Ctx
from .values import Json, stamp, text, utc, version

_FIELDS = "id,status,date_created_gmt,date_modified_gmt"
_PAGE = 100


@hookimpl
def list_orders(ctx: Ctx, since: str, until: str) -> list[OrderRef]:
    """All orders placed in [since, until), oldest first, those in the bin left out as the store does.

    Times are ISO; one without a zone is UTC.
    """
    first, end = _stamp(since), _stamp(until)
    position: Position | None = Position(after=moved(first, timedelta(seconds=-1)))
    found: dict[int, OrderRef] = {}
    while position is not None:
        rows = _page(ctx, position, end)
        for row in rows:
            ref = _ref(row)
            if first <= stamp(ref.placed_at) < end:
                found[int(ref.external_id)] = ref
        stamps = [(int(row["id"]), text(row, "date_created_gmt")) for row in rows]
        position = advanced(position, stamps, full=len(rows) >= _PAGE)
    return list(found.values())


def _page(ctx: Ctx, position: Position, end: str) -> list[Json]:
    params = [("orderby", "date"), ("per_page", str(_PAGE)), ("_fields", _FIELDS)]
    answer = call(ctx, "GET", "orders", params=[*params, *position.params("after", "before", end=end)])
    return answer.records


def _ref(row: Json) -> OrderRef:
    placed_at = utc(row, "date_created_gmt")
    if placed_at is None:
        raise NeedsHuman(
            "payload:invalid",
            f"order {row.get('id')}: date_created_gmt is missing",
            remedy="Find the plugin of the store that takes dates out of its orders.",
        )
    return OrderRef(external_id=str(row["id"]), version=version(row), status=text(row, "status"), placed_at=placed_at)


def _stamp(iso: str) -> str:
    at = datetime.fromisoformat(iso)
    return stamp(at if at.tzinfo else at.replace(tzinfo=UTC))
