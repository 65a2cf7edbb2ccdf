"""What the words of channels mean: their own mappings over the connectors' vocabularies."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.channel import Channel
from api.graphql.types.mapping import MappingKind, MappingOrigin, Meaning, UnmappedWord
from domain.channels.models import MappingKind as Kind
from domain.channels.rules import IGNORE
from domain.reads.mapping_rows import PAYMENT_METHOD, STATUS, mappings_of, waiting_words
from domain.reads.rows import AnyRow
from omnisales_sdk import Term, Vocabulary
from plugins.host import Host, NotLoaded

Own = Mapping[tuple[Kind, str], str]

_NO_WORDS = Vocabulary()
_BEGINS = {PAYMENT_METHOD: Kind.PAYMENT_METHOD, STATUS: Kind.STATUS_IN}


async def fill_mappings(
    context: Context, connection: AsyncConnection, channels: Sequence[Channel], below: Selection
) -> None:
    """What is asked for, in one statement for all channels, and one more for what waits."""
    if not channels or not below.keys() & {"mappings", "unmapped"}:
        return
    ids = [channel.key for channel in channels]
    own: defaultdict[UUID, dict[tuple[Kind, str], str]] = defaultdict(dict)
    for row in await mappings_of(connection, ids):
        own[row.channel_id][row.kind, row.source] = row.target
    waiting: defaultdict[UUID, list[AnyRow]] = defaultdict(list)
    for row in await waiting_words(connection, ids) if "unmapped" in below else ():
        waiting[row.channel_id].append(row)
    for channel in channels:
        words = _vocabulary(context.services.host, channel.connector)
        channel.mappings = meanings(words, own[channel.key])
        channel.unmapped = list(_unmapped(words, channel.mappings, waiting[channel.key]))


def meanings(words: Vocabulary, own: Own) -> list[Meaning]:
    """Every word that means something, by kind and word."""
    usual = dict(_defaults(words))
    titles = {Kind.PAYMENT_METHOD: _titles(words.payment_methods), Kind.STATUS_IN: _titles(words.statuses)}
    found = []
    for (kind, source), target in sorted({**usual, **own}.items()):
        shown = target if kind is Kind.STATUS_OUT else source
        found.append(
            Meaning(
                kind=MappingKind(kind),
                source=source,
                target=target,
                title=titles.get(kind, titles[Kind.STATUS_IN]).get(shown),
                origin=MappingOrigin.OWN if (kind, source) in own else MappingOrigin.DEFAULT,
            )
        )
    return found


def _defaults(words: Vocabulary) -> Iterator[tuple[tuple[Kind, str], str]]:
    for source, status in words.statuses_in.items():
        yield (Kind.STATUS_IN, source), status.value
    for source in words.statuses_ignored:
        yield (Kind.STATUS_IN, source), IGNORE
    for ours, word in words.statuses_out.items():
        yield (Kind.STATUS_OUT, ours.value), word


def _unmapped(words: Vocabulary, known: Sequence[Meaning], waiting: Sequence[AnyRow]) -> Iterator[UnmappedWord]:
    mapped = {(Kind(one.kind.value), one.source) for one in known}
    terms = {Kind.PAYMENT_METHOD: _titles(words.payment_methods), Kind.STATUS_IN: _titles(words.statuses)}
    told = set()
    for row in waiting:
        begin = next(one for one in _BEGINS if row.cause.startswith(one))
        kind, word = _BEGINS[begin], row.cause.removeprefix(begin)
        told.add((kind, word))
        yield UnmappedWord(
            kind=MappingKind(kind),
            word=word,
            title=terms[kind].get(word),
            waiting=row.waiting,
            last_seen_at=row.last_seen_at,
        )
    for kind, titles in terms.items():
        for word, title in titles.items():
            if (kind, word) not in mapped | told:
                yield UnmappedWord(kind=MappingKind(kind), word=word, title=title, waiting=0, last_seen_at=None)


def _titles(terms: Sequence[Term]) -> dict[str, str]:
    return {term.key: term.title for term in terms}


def _vocabulary(host: Host, connector: str) -> Vocabulary:
    """The house's own channels, and a connector that does not run, have no words of their own."""
    try:
        return host.manifest(connector).vocabulary
    except NotLoaded:
        return _NO_WORDS
