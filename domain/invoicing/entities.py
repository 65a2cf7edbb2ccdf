"""Legal entities: who sells (spec CHN-4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Path, Problem, invalid
from domain.kernel.slugs import name_problems
from domain.kernel.texts import text_problem
from domain.kernel.versions import check_version

from .models import LegalEntity
from .tax_ids import compact, iban_problem, tax_id_problem

ADDRESS_FIELDS = ("street", "city", "county", "postcode", "country")
MOST = 200
LONGEST_PART = 200
LONGEST_NUMBER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertLegalEntity:
    """An entity as it shall be from now on; what is None it has not. Found by `id`, or without one by its name.

    `expected_version` is the version that the writer read; None asks for no check.
    """

    name: str
    id: UUID | None = None
    tax_id: str | None = None
    registration_number: str | None = None
    address: Mapping[str, str | None] = field(default_factory=dict)
    iban: str | None = None
    bank: str | None = None
    expected_version: int | None = None


async def upsert_legal_entity(session: AsyncSession, actor: Actor, command: UpsertLegalEntity) -> LegalEntity:
    """Makes an entity, or changes one. What was issued keeps what it says. A repeat changes nothing.

    Raises NotFound for the id, StaleVersion, and Invalid naming every wrong field.
    """
    problems = list(_problems(command))
    if problems:
        raise Invalid(problems)
    values = _values(command)
    entity = await _found(session, command.id) if command.id is not None else await _made(session, command.name.strip())
    if entity.version == 0 and (await session.scalar(select(func.count()).select_from(LegalEntity)) or 0) > MOST:
        raise invalid(("name",), "TOO_MANY", f"There are at most {MOST} legal entities.")
    if entity.version:
        check_version("legal entity", command.expected_version, entity.version)
    before = snapshot(entity) if entity.version else None
    if entity.version and all(getattr(entity, name) == value for name, value in values.items()):
        return entity
    for name, value in values.items():
        setattr(entity, name, value)
    entity.version += 1
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        words = f"There is already a legal entity {values['name']}. Choose another name."
        raise invalid(("name",), "TAKEN", words) from error
    record_written(session, actor, "legal_entity", entity, before, title=entity.name)
    return entity


def seller_of(entity: LegalEntity) -> Json:
    """The seller as an invoice copies it; what the entity has not is left out."""
    found = {
        "name": entity.name,
        "tax_id": entity.tax_id,
        "registration_number": entity.registration_number,
        "address": entity.address,
        "iban": entity.iban,
        "bank": entity.bank,
    }
    return {name: value for name, value in found.items() if value}


def _values(command: UpsertLegalEntity) -> Json:
    address = {name: text.strip() for name, text in command.address.items() if text and text.strip()}
    if "country" in address:
        address["country"] = address["country"].upper()
    return {
        "name": command.name.strip(),
        "tax_id": compact(command.tax_id or "") or None,
        "registration_number": (command.registration_number or "").strip() or None,
        "address": address or None,
        "iban": compact(command.iban or "") or None,
        "bank": (command.bank or "").strip() or None,
    }


def _problems(command: UpsertLegalEntity) -> Iterator[Problem]:
    yield from name_problems(("name",), command.name, "legal entity")
    yield from _text(("taxId",), command.tax_id, LONGEST_NUMBER)
    yield from _text(("registrationNumber",), command.registration_number, LONGEST_NUMBER)
    yield from _text(("bank",), command.bank, LONGEST_PART)
    yield from _text(("iban",), command.iban, LONGEST_NUMBER)
    for name, text in command.address.items():
        if name in ADDRESS_FIELDS:
            yield from _text(("address", name), text, LONGEST_PART)
        elif text:
            yield Problem(("address", name), "UNKNOWN_FIELD", f"Use {', '.join(ADDRESS_FIELDS)}.")
    country = (command.address.get("country") or "").strip().upper() or None
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        yield Problem(("address", "country"), "BAD_COUNTRY", "Give ISO 3166-1's two letters, such as RO.")
    if (tax_id := compact(command.tax_id or "")) and (problem := tax_id_problem(tax_id, country)):
        yield Problem(("taxId",), "BAD_TAX_ID", problem)
    if (iban := compact(command.iban or "")) and (problem := iban_problem(iban)):
        yield Problem(("iban",), "BAD_IBAN", problem)


def _text(path: Path, text: str | None, limit: int) -> Iterator[Problem]:
    problem = text_problem(text, limit) if text is not None else None
    if problem:
        yield Problem(path, "NOT_A_TEXT", problem)


async def _found(session: AsyncSession, entity_id: UUID) -> LegalEntity:
    query = select(LegalEntity).where(LegalEntity.id == entity_id).with_for_update(key_share=True)
    entity = await session.scalar(query.execution_options(populate_existing=True))
    if entity is None:
        raise NotFound("legal entity", entity_id, path=("id",))
    return entity


async def _made(session: AsyncSession, name: str) -> LegalEntity:
    """The entity of this name, locked; a new one has the version 0. Of two who make it at once, the second waits."""
    await session.execute(
        insert(LegalEntity).values(id=new_id(), name=name, version=0).on_conflict_do_nothing(index_elements=["name"])
    )
    query = select(LegalEntity).where(LegalEntity.name == name).with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()
