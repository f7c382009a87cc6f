"""One query, from its text to its result."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlglot import exp

from rehearsal.athena import lines, partitions, tables
from rehearsal.athena.cloud import Found
from rehearsal.athena.dialect import PATH, to_duckdb
from rehearsal.athena.engine import Engine
from rehearsal.athena.errors import QueryCancelled, QueryFailed
from rehearsal.athena.partitions import Partitions
from rehearsal.athena.restrictions import Restrict, free, of_table
from rehearsal.athena.results import Result
from rehearsal.athena.statement import Name, name_tables, parse
from rehearsal.athena.tables import Table, View
from rehearsal.athena.visible import require_visible


class Sight(Protocol):
    """What a caller sees of AWS; QueryFailed is raised where it may not look."""

    def describe(self, name: Name) -> dict[str, Any]:
        """What the Data Catalog says about a table or view."""

    def objects(self, bucket: str, prefix: str) -> list[Found]:
        """The objects whose keys begin with a prefix."""

    def read(self, bucket: str, key: str) -> bytes:
        """An object's content."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A table with the values that the statement leaves to its injected columns."""

    table: Table
    injected: dict[str, set[str]]


@dataclass(slots=True, kw_only=True)
class Query:
    """A SELECT on its way.

    Attributes:
        sql: The statement.
        database: Of tables that it names without one.
        sight: AWS as the caller sees it.
        now: The time, in UTC.
        limit_bytes: How much it may scan; None for no limit.
        engine: Where it runs.
        scanned_bytes: How much it has scanned so far.
    """

    sql: str
    database: str
    sight: Sight
    now: datetime
    limit_bytes: int | None
    engine: Engine = field(default_factory=Engine)
    scanned_bytes: int = 0
    _sources: dict[Name, _Source] = field(default_factory=dict)
    _views: dict[Name, tuple[View, str]] = field(default_factory=dict)
    _described: dict[Name, Table | View] = field(default_factory=dict)

    def run(self) -> Result:
        """Answer it.

        Raises:
            QueryFailed: It is wrong, or its caller lacks a right.
            QueryCancelled: It would scan too much.
        """
        sql = self._translate(parse(self.sql), self.database, free)
        for source in self._sources.values():
            self._load(source)
        for view, statement in self._views.values():
            self.engine.add_view(view, statement)
        return self.engine.run(sql)

    def _translate(self, query: exp.Query, database: str, outside: Restrict) -> str:
        """Find what a query names, views from the innermost on, and translate it."""
        stored, columns = [], dict[int, list[str]]()
        for place, name in name_tables(query, database):
            found = self._describe(name)
            restrict = of_table(place, outside)
            columns[id(place)] = found.column_names
            if isinstance(found, Table):
                stored.append(place)
                self._add_source(name, found, restrict)
            else:
                inside = self._translate(parse(found.sql), found.schema, restrict)
                self._views.setdefault(name, (found, inside))
        require_visible(query, columns)
        return to_duckdb(query, stored)

    def _describe(self, name: Name) -> Table | View:
        if name not in self._described:
            self._described[name] = tables.from_catalog(self.sight.describe(name))
        return self._described[name]

    def _add_source(self, name: Name, table: Table, restrict: Restrict) -> None:
        source = self._sources.setdefault(name, _Source(table, {}))
        for key in partitions.injected_keys(table):
            values = restrict(key)
            if values is None:
                raise QueryFailed(
                    f"CONSTRAINT_VIOLATION: For the injected projected partition "
                    f"column {key}, the WHERE clause must contain only static equality "
                    "conditions, and at least one such condition must be present."
                )
            source.injected.setdefault(key, set()).update(values)

    def _load(self, source: _Source) -> None:
        places = partitions.partitions(source.table, source.injected, self.now)
        found = []
        for each in self.sight.objects(places.bucket, places.prefix):
            values = places.values(each.key)
            if values is not None:
                self._scan(each.size)
                found.append((each.key, values))
        self.engine.add_table(source.table, self._rows(source.table, places, found))

    def _scan(self, size: int) -> None:
        self.scanned_bytes += size
        if self.limit_bytes is not None and self.scanned_bytes > self.limit_bytes:
            raise QueryCancelled("Query cancelled! : Bytes scanned limit was exceeded")

    def _rows(
        self, table: Table, places: Partitions, found: list[tuple[str, dict[str, str]]]
    ) -> Iterator[lines.Row]:
        for key, values in found:
            place = {PATH: f"s3://{places.bucket}/{key}"}
            for row in lines.rows(table, self.sight.read(places.bucket, key)):
                yield {**row, **values, **place}
