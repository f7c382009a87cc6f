"""Runs a statement for Athena's engine over rows that stand in for tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import sqlglot

Rows = Sequence[Mapping[str, Any]]


def answer(sql: str, tables: Mapping[str, tuple[str, Rows]]) -> list[dict[str, Any]]:
    """The rows of a statement's answer.

    Args:
        sql: In the dialect of Athena's engine.
        tables: By name, with the database: what its columns are, as DuckDB writes it,
            and its rows.
    """
    with duckdb.connect() as connection:
        for name, (columns, rows) in tables.items():
            database, _, table = name.partition(".")
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
            connection.execute(f'CREATE TABLE "{database}"."{table}" ({columns})')
            for row in rows:
                places = ", ".join("?" * len(row))
                names = ", ".join(f'"{each}"' for each in row)
                connection.execute(
                    f'INSERT INTO "{database}"."{table}" ({names}) VALUES ({places})',
                    list(row.values()),
                )
        (transpiled,) = sqlglot.transpile(sql, read="athena", write="duckdb")
        found = connection.execute(transpiled)
        names_of = [each[0] for each in found.description or ()]
        return [dict(zip(names_of, row, strict=True)) for row in found.fetchall()]
