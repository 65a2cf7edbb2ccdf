"""Notes: added and reworded, told in history, and nobody's edit becomes stale."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.orders import notes
from domain.orders.models import NoteAudience, OrderNote
from domain.orders.notes import AddNote, EditNote, add_note, edit_note
from tests.domain.flows.moving import history
from tests.support.builders import OPERATOR, make_order

pytestmark = pytest.mark.spec("ORD-1")


@pytest.mark.spec("ORD-8")
async def test_a_note_is_added_and_reworded_and_the_version_stays(session: AsyncSession) -> None:
    order = await make_order(session)
    await add_note(session, OPERATOR, AddNote(order_id=order.id, text=" Call first. "))
    [note] = await session.scalars(select(OrderNote))
    assert (note.text, note.audience, note.author, note.edited_at) == (
        *("Call first.", NoteAudience.STAFF),
        *(OPERATOR.label, None),
    )
    order = await edit_note(session, OPERATOR, EditNote(note_id=note.id, text="Call twice."))
    await edit_note(session, OPERATOR, EditNote(note_id=note.id, text="Call twice.", expected_version=2))
    with pytest.raises(StaleVersion) as stale:
        await edit_note(session, OPERATOR, EditNote(note_id=note.id, text="Never.", expected_version=1))
    assert (stale.value.current_version, note.text) == (2, "Call twice.")
    assert (note.text, order.version) == ("Call twice.", 1)
    assert note.edited_at is not None
    added, edited = (await history(session, order))[1:]
    assert (added.kind, added.data["text"]) == ("note_added", "Call first.")
    assert (edited.kind, edited.data["from"], edited.data["to"]) == ("note_edited", "Call first.", "Call twice.")


@pytest.mark.parametrize(
    ("text", "code"), [("", "EMPTY"), (" \n", "EMPTY"), ("x" * 10_001, "NOT_A_TEXT"), ("a\x00", "NOT_A_TEXT")]
)
async def test_a_text_that_is_none_is_refused(session: AsyncSession, text: str, code: str) -> None:
    order = await make_order(session)
    for work in (
        add_note(session, OPERATOR, AddNote(order_id=order.id, text=text)),
        edit_note(session, OPERATOR, EditNote(note_id=order.id, text=text)),
    ):
        with pytest.raises(Invalid) as refusal:
            await work
        assert [(one.path, one.code) for one in refusal.value.problems] == [(("text",), code)]
    assert len(await history(session, order)) == 1


async def test_unknown_orders_and_notes_and_too_many(session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        await add_note(session, OPERATOR, AddNote(order_id=new_id(), text="x"))
    with pytest.raises(NotFound):
        await edit_note(session, OPERATOR, EditNote(note_id=new_id(), text="x"))
    monkeypatch.setattr(notes, "MAX_NOTES", 1)
    order = await make_order(session)
    await add_note(session, OPERATOR, AddNote(order_id=order.id, text="one"))
    with pytest.raises(Invalid) as refusal:
        await add_note(session, OPERATOR, AddNote(order_id=order.id, text="two"))
    assert refusal.value.problems[0].code == "TOO_MANY"
