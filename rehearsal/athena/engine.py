"""One query's database: DuckDB in memory, without a way to the machine's files."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import duckdb

from rehearsal.athena.dialect import MACROS, PATH
from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.hive_types import HiveType
from rehearsal.athena.lines import Row
from rehearsal.athena.results import Result
from rehearsal.athena.tables import Column, Table, View
from rehearsal.athena.values import text

_TYPES: Final = {
    "bigint": "bigint",
    "boolean": "boolean",
    "date": "date",
    "double": "double",
    "hugeint": "bigint",
    "integer": "integer",
    "timestamp": "timestamp",
    "timestamp with time zone": "timestamp with time zone",
    "ubigint": "bigint",
    "varchar": "varchar",
}
"""By DuckDB's type: Trino's. A sum is Trino's BIGINT and DuckDB's HUGEINT."""


class Engine:
    """Holds tables and views, and answers one query."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            ":memory:", config={"enable_external_access": "false", "threads": "1"}
        )
        for setting in ("TimeZone = 'UTC'", "integer_division = true"):
            self._connection.execute(f"SET {setting}")
        for macro in MACROS:
            self._connection.execute(macro)

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def interrupt(self) -> None:
        """End what is running, from another thread."""
        self._connection.interrupt()

    def add_table(self, table: Table, found: Iterable[Row]) -> None:
        """Add a table with its rows.

        Raises:
            QueryFailed: A value does not fit into its column.
        """
        columns = (
            *table.columns,
            *table.partition_keys,
            Column(PATH, HiveType("string")),
        )
        # One value of JSON for all rows is cast faster than rows are bound.
        row = HiveType(
            "struct",
            tuple(each.type for each in columns),
            tuple(each.name for each in columns),
        )
        self._create_schema(table.database)
        name = _quoted(table.database, table.name)
        try:
            self._connection.execute(
                f"CREATE TABLE {name} AS SELECT UNNEST(CAST(CAST(? AS JSON) AS "
                f"{row.duckdb()}[]), max_depth := 2)",
                [json.dumps(list(found))],
            )
        except duckdb.Error as error:
            raise QueryFailed(f"HIVE_BAD_DATA: {_words(error)}") from error

    def add_view(self, view: View, sql: str) -> None:
        """Add a view, whose tables and views are there.

        Args:
            view: The view.
            sql: Its statement in DuckDB's SQL.

        Raises:
            QueryFailed: It cannot be read, or answers other columns than it says.
        """
        self._create_schema(view.database)
        name = _quoted(view.database, view.name)
        try:
            self._connection.execute(f"CREATE VIEW {name} AS {sql}")
            found = self._columns(
                self._connection.execute(f"FROM {name} LIMIT 0").description
            )
        except duckdb.Error as error:
            raise QueryFailed(
                f"INVALID_VIEW: the view {view.name}: {_words(error)}"
            ) from error
        _require_same(view, found)

    def run(self, sql: str) -> Result:
        """Answer a query in DuckDB's SQL.

        Raises:
            QueryFailed: DuckDB refuses it.
        """
        try:
            answer = self._connection.execute(sql)
            columns = self._columns(answer.description)
            rows = [[text(value) for value in row] for row in answer.fetchall()]
        except duckdb.BinderException as error:
            code = "TYPE_MISMATCH" if "mix values" in str(error) else "SYNTAX_ERROR"
            raise QueryFailed(f"{code}: {_words(error)}") from error
        except duckdb.Error as error:
            raise QueryFailed(_words(error)) from error
        return Result(columns=columns, rows=rows)

    def _create_schema(self, name: str) -> None:
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(name)}")

    def _columns(self, description: Sequence[Any]) -> list[tuple[str, str]]:
        return [(name, _trino_type(of)) for name, of, *_ in description]


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _trino_type(of: Any) -> str:
    """Trino's name of a DuckDB type.

    Raises:
        QueryFailed: The rehearsal knows none.
    """
    if of.id in ("list", "struct", "map"):
        inside = [(name, _trino_type(each)) for name, each in of.children]
        if of.id == "list":
            return f"array({inside[0][1]})"
        if of.id == "map":
            return f"map({inside[0][1]}, {inside[1][1]})"
        return f"row({', '.join(f'{name} {each}' for name, each in inside)})"
    if of.id == "decimal":
        (_, precision), (_, scale) = of.children
        return f"decimal({precision},{scale})"
    if of.id not in _TYPES:
        raise QueryFailed(f"the rehearsal does not answer values of the type {of}")
    return _TYPES[of.id]


def _require_same(view: View, found: Sequence[tuple[str, str]]) -> None:
    """Trino lets a view's columns be of types that turn into what the view says."""
    given = [(name.lower(), "".join(of.split())) for name, of in found]
    wanted = [(name, "".join(of.split())) for name, of in view.columns]
    if given != wanted:
        raise QueryFailed(
            f"INVALID_VIEW: View 'awsdatacatalog.{view.database}.{view.name}' is stale "
            f"or in invalid state: its statement answers {given}, and it says {wanted}"
        )


def _words(error: duckdb.Error) -> str:
    """What DuckDB says, without the name of its kind of error and its drawing."""
    first = str(error).partition("\n")[0]
    return first.partition("Error: ")[2] or first
