"""A query's sight of AWS, without AWS."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.athena.cloud import Found
from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.query import Query
from rehearsal.athena.results import Datum
from rehearsal.athena.statement import Name

BUCKET = "lake"
DATABASE = "db"
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@dataclass
class FakeSight:
    """Tables and objects by name; `read_keys` are those that were read."""

    tables: Mapping[str, Mapping[str, Any]]
    contents: Mapping[str, bytes]
    read_keys: list[str] = field(default_factory=list)

    def describe(self, name: Name) -> dict[str, Any]:
        if name.database != DATABASE or name.table not in self.tables:
            raise QueryFailed(f"there is no {name}")
        return {"DatabaseName": name.database, **self.tables[name.table]}

    def objects(self, bucket: str, prefix: str) -> list[Found]:
        assert bucket == BUCKET
        return [
            Found(key, len(content))
            for key, content in self.contents.items()
            if fnmatch.fnmatchcase(key, f"{prefix}*")
        ]

    def read(self, bucket: str, key: str) -> bytes:
        self.read_keys.append(key)
        return self.contents[key]

    def query(self, sql: str, *, limit_bytes: int | None = None) -> Query:
        return Query(
            sql=sql, database=DATABASE, sight=self, now=NOW, limit_bytes=limit_bytes
        )

    def rows(self, sql: str) -> list[list[Datum]]:
        return [list(row) for row in self.query(sql).run().rows]
