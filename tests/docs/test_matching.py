"""The comparison of a guide's answers: it sees every difference, and what names stand for."""

import pytest

from .matching import Known, compare, fill


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        ({"a": 1}, {"a": 1}),
        ("…", {"anything": [1]}),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}),
        (["x", "…"], ["x", "y", "z"]),
        (["x", "…"], ["x"]),
    ],
)
def test_what_is_the_same_passes(shown: object, seen: object) -> None:
    assert compare(shown, seen, {}) == []


@pytest.mark.parametrize(
    ("shown", "seen", "problem"),
    [
        ({"a": 1}, {"a": 2}, ".a: the guide says 1, seen 2"),
        ({"a": 1}, {"a": True}, ".a: the guide says 1, seen True"),
        ({"a": 1}, {}, ".a: is not there"),
        ({}, {"a": 1}, ".a: the guide does not show 1"),
        (["x"], ["x", "y"], ": the guide shows 1 entries, seen ['x', 'y']"),
        (["x", "y", "…"], ["x"], ": the guide shows 2 entries, seen ['x']"),
        ([{"a": 1}], [{"a": 2}], "[0].a: the guide says 1, seen 2"),
        ({"a": []}, {"a": {}}, ".a: the guide says [], seen {}"),
    ],
)
def test_each_difference_is_named(shown: object, seen: object, problem: str) -> None:
    assert compare(shown, seen, {}) == [problem]


def test_a_new_name_is_learnt_and_an_old_one_compared() -> None:
    known: Known = {}

    assert compare({"id": "<order>", "url": "/labels/<order>.pdf"}, {"id": "17", "url": "/labels/17.pdf"}, known) == []
    assert known == {"<order>": "17"}
    assert compare("<order>", "18", known) != []
    assert compare("/labels/<order>.pdf", "/labels/18.pdf", known) != []


def test_names_in_a_request_are_filled_in() -> None:
    assert fill({"id": "<order>", "note": "for <order>"}, {"<order>": "17"}) == {"id": "17", "note": "for 17"}
    with pytest.raises(KeyError):
        fill({"id": "<unheard of>"}, {})
