"""What a field's selection asks for, so that all of it is fetched in few statements before the executor descends."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

Selection: TypeAlias = dict[str, "Selection"]
"""Names of fields (not aliases), each with what is selected below it; fragments are melted in, whatever their type.

A field under @skip or @include counts as selected: it may be fetched in vain, never missed.
"""

NOTHING: Selection = {}


def selection_of(nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]) -> Selection:
    """The selection below a field that is written in these places."""
    selected: Selection = {}
    melted: set[tuple[str, int]] = set()

    def melt(written: SelectionSetNode, into: Selection) -> None:
        for one in written.selections:
            if isinstance(one, FieldNode):
                inner = into.setdefault(one.name.value, {})
                if one.selection_set is not None:
                    melt(one.selection_set, inner)
            elif isinstance(one, InlineFragmentNode):
                melt(one.selection_set, into)
            elif isinstance(one, FragmentSpreadNode) and (place := (one.name.value, id(into))) not in melted:
                melted.add(place)
                melt(fragments[one.name.value].selection_set, into)

    for node in nodes:
        if node.selection_set is not None:
            melt(node.selection_set, selected)
    return selected


def below(selection: Selection, *names: str) -> Selection:
    """The selection some fields further down; empty if it is not asked for."""
    for name in names:
        selection = selection.get(name, NOTHING)
    return selection
