"""Taking a person out of texts and JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy.scrub import ERASED, Words, blanked, scrubbed, scrubbed_text, words_of

ION = words_of(
    {"name": "Ion Popescu", "email": "Ion@Example.com", "phone": "+40 722 000 111", "tax_id": "RO123456"},
    {"street": "Str. Lungă 1", "city": "Brașov"},
)


@pytest.mark.parametrize(
    "text",
    [
        "ion@example.com",
        "ION@EXAMPLE.COM",
        "0722000111",
        "0722 000 111",
        "+40722-000-111",
        "(0722) 000.111",
        "Ion Popescu",
        "POPESCU",
        "Str. Lungă 1",
        "RO123456",
    ],
)
def test_the_person_is_found_however_it_is_spelled(text: str) -> None:
    assert scrubbed_text(f"Call {text}, please", ION) == f"Call {ERASED}, please"


def test_others_stay() -> None:
    for text in ("Popeskus, Popescuscu", "107220001119", "ion", "Bogdan@example.com", "7220 tons"):
        assert scrubbed_text(text, Words(names=frozenset({"Popescu"}), phones=ION.phones)) == text


def test_what_was_bought_stays_though_it_is_named_as_a_person() -> None:
    data = {"lines": [{"name": "Popescu: Poems", "total": "10.00", "for": "ion@example.com"}], "status": 3}
    assert scrubbed(data, ION) == {
        "lines": [{"name": "Popescu: Poems", "total": "10.00", "for": ERASED}],
        "status": 3,
    }


def test_fields_of_persons_lose_all_texts_but_the_country() -> None:
    address = {"name": "Ana", "city": "Iași", "country": "RO", "phone": None}
    data = {"changes": {"shipping": {"from": None, "to": address}, "note": {"from": "a", "to": "b"}}, "note": "DN-1"}
    assert scrubbed(data, Words()) == {
        "changes": {
            "shipping": {"from": None, "to": {"name": ERASED, "city": ERASED, "country": "RO", "phone": None}},
            "note": {"from": ERASED, "to": ERASED},
        },
        "note": "DN-1",
    }


def test_words_survive_being_kept() -> None:
    assert Words.from_json(ION.as_json()) == ION
    assert Words().every is None and scrubbed_text("anything", Words()) == "anything"


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part))
)
def test_scrubbing_twice_changes_nothing_more(value: object) -> None:
    once = scrubbed(value, ION)
    assert scrubbed(once, ION) == once
    assert blanked(blanked(value)) == blanked(value)
