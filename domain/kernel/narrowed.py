"""A limited view of the tables, for a caller who may not see all rows.

Wherever a statement reads from a table that has a rule, the rows that the rule shows are put in the table's place:
`FROM orders` becomes `FROM (SELECT * FROM orders WHERE seller = ...) AS orders`. PostgreSQL melts that into the
statement, so that the same indexes serve. It is done where SQL is made of a statement, the one point that none can go
around: Core and ORM, joins, subqueries, unions and counts alike. SQL that was written as text is not made of anything;
a reading one that names a table is refused.
"""

import re
from collections.abc import Callable, Collection, Mapping
from copy import copy
from threading import local
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Table, bindparam, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine

from .database import Database

Render: TypeAlias = Callable[[str], str]
"""The place of a value in the SQL, by the value's name."""
Rule: TypeAlias = Callable[[Render], str]
"""The condition on a table's rows, as SQL whose names are the table's columns."""

WHOLE = "whole_"
"""In a unit of work, an alias whose name begins so has all rows: a rule of the house asks, and nothing of them is told.
"""
_VALUES = "omnisales_rows"
_PREFIX = "rows_"
_now = local()


class NotNarrowed(Exception):  # noqa: N818 - says what the statement is
    """SQL as text that names a table, from a caller with a limited view: it would show all rows."""


class Narrowed:
    """The database as callers with a limited view have it.

    `rules` say by the names of tables which rows are shown to those who read; a table without one shows none
    (`closed`). Units of work keep to those of `doors`, the tables by whose rows they begin: what they work out from
    other tables (what is reserved, how often a voucher was used) must be true of the whole house. `types` are those of
    the values that rules ask for.
    """

    def __init__(
        self,
        database: Database,
        *,
        tables: Collection[str],
        rules: Mapping[str, Rule],
        doors: Collection[str],
        types: Mapping[str, TypeEngine[Any]],
    ) -> None:
        self._database = database
        self._values = {name: _value(name, kind) for name, kind in types.items()}
        by_table = {name: rules.get(name, closed) for name in tables}
        self._read_rules = {name: rule for name, rule in by_table.items() if rule is not whole}
        self._doors = {name: rules[name] for name in doors}
        self._engines: tuple[AsyncEngine, AsyncEngine] | None = None

    def of(self, **values: Any) -> Database:
        """The database as the caller of these values has it; None for a value is no limit by it."""
        if self._engines is None:
            self._engines = (
                _engine(self._database.read_engine, self._read_rules, self._values, texts=True),
                _engine(self._database.engine, self._doors, self._values, texts=False),
            )
        options = {_VALUES: {name: values[name] for name in self._values}}
        read, write = (engine.execution_options(**options) for engine in self._engines)
        return self._database.over(read_engine=read, engine=write)


def closed(_: Render) -> str:
    """The rule that shows nothing."""
    return "false"


def whole(_: Render) -> str:
    """The rule that shows everything: the table is the house's, and of no order, customer or person."""
    return "true"


def _value(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    """A value that is looked up whenever the statement runs: its SQL is kept, and serves every caller."""
    return bindparam(_PREFIX + name, type_=kind, callable_=lambda: _now.values[name])


def _take_values(connection: Connection, *_: Any) -> None:
    """The values of this connection's caller, for the statement that is made right after this, before anything else
    can run. A connection without any is refused (KeyError)."""
    _now.values = connection.get_execution_options()[_VALUES]


def _engine(
    engine: AsyncEngine, rules: Mapping[str, Rule], values: Mapping[str, BindParameter[Any]], *, texts: bool
) -> AsyncEngine:
    """An engine on the same pool that makes its SQL by the rules. It keeps what it made apart from the other's."""
    usual = engine.sync_engine
    dialect = copy(usual.dialect)
    dialect.statement_compiler = _compiler(rules, values, texts=texts)
    made = Engine(usual.pool, dialect, usual.url, hide_parameters=usual.hide_parameters)
    event.listen(made, "before_execute", _take_values)
    if texts:
        event.listen(made, "before_cursor_execute", _no_plain_texts)
    Database.watch(made)
    return AsyncEngine(made)


def _no_plain_texts(_: Connection, __: Any, statement: str, ___: Any, context: Any, ____: bool) -> None:
    if context is None or context.compiled is None:
        raise NotNarrowed(statement[:200])


def _compiler(rules: Mapping[str, Rule], values: Mapping[str, BindParameter[Any]], *, texts: bool) -> Any:
    usual: Any = PGDialect_asyncpg.statement_compiler
    named = re.compile(
        rf"\b(?:from|join|into|update|table)\s+\"?(?:{'|'.join(map(re.escape, rules))})\b", re.IGNORECASE
    )

    class NarrowedCompiler(usual):  # type: ignore[misc]
        """PostgreSQL's, with the rules in it."""

        def visit_table(self, table: Table, asfrom: bool = False, **options: Any) -> str:
            usual_form: str = super().visit_table(table, asfrom=asfrom, **options)
            rule = rules.get(table.name)
            if rule is None or not asfrom or options.get("iscrud") or options.get("ashint"):
                return usual_form
            name = self.preparer.format_table(table)
            shown = f"(SELECT * FROM {name} WHERE {rule(self._place_of)})"  # noqa: S608 - a table's name and its rule
            alias = options.get("enclosing_alias")
            if alias is not None and not texts and alias.name.startswith(WHOLE):
                return usual_form
            if alias is not None and alias.element is table:
                return shown
            return f"{shown} AS {self.preparer.quote(table.name)}"

        def visit_textclause(self, clause: Any, **options: Any) -> str:
            if texts and named.search(clause.text):
                raise NotNarrowed(clause.text[:200])
            made: str = super().visit_textclause(clause, **options)
            return made

        def visit_column(self, column: Any, *arguments: Any, **options: Any) -> str:
            if texts and column.is_literal and named.search(column.name):
                raise NotNarrowed(column.name[:200])
            made: str = super().visit_column(column, *arguments, **options)
            return made

        def _place_of(self, name: str) -> str:
            return str(self.process(values[name]))

    return NarrowedCompiler
