"""The result of a query, and the objects that keep it.

AWS: Working with query results, recent queries, and output files; GetQueryResults.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Datum = str | None

_FIELD: Final = re.compile(r'("(?:[^"]|"")*")?([,\n])')
_PRECISION: Final = {
    "bigint": 19,
    "double": 17,
    "integer": 10,
    "timestamp": 3,
    "varchar": 2147483647,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a query answers.

    Attributes:
        columns: Name and Trino's type of each, such as `decimal(5,2)`.
        rows: The values as text, None for NULL; without the names of the columns.
    """

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Datum]]

    def csv(self) -> bytes:
        """The object with the values: all in quotes, NULL alone has none."""
        names = [name for name, _ in self.columns]
        return "".join(map(_line, [names, *self.rows])).encode()

    def metadata(self) -> bytes:
        """The object that tells the types; its form is ours, AWS's is not public."""
        return json.dumps(self.columns).encode()

    @classmethod
    def read(cls, csv: bytes, metadata: bytes) -> "Result":
        """What `csv` and `metadata` wrote."""
        columns = [(name, of) for name, of in json.loads(metadata)]
        rows: list[Sequence[Datum]] = []
        row: list[Datum] = []
        for quoted, end in _FIELD.findall(csv.decode()):
            row.append(quoted[1:-1].replace('""', '"') if quoted else None)
            if end == "\n":
                rows.append(row)
                row = []
        return cls(columns=columns, rows=rows[1:])

    def page(self, start: int, size: int) -> dict[str, Any]:
        """A page of GetQueryResults, whose first row has the names of the columns.

        Args:
            start: The row to begin with.
            size: How many rows there are at most.
        """
        names = [name for name, _ in self.columns]
        everything = [names, *self.rows]
        answer: dict[str, Any] = {
            "UpdateCount": 0,
            "ResultSet": {
                "Rows": [_row(each) for each in everything[start : start + size]],
                "ResultSetMetadata": {
                    "ColumnInfo": [_info(name, of) for name, of in self.columns]
                },
            },
        }
        if start + size < len(everything):
            answer["NextToken"] = str(start + size)
        return answer


def _line(values: Sequence[Datum]) -> str:
    fields = (
        "" if value is None else '"' + value.replace('"', '""') + '"'
        for value in values
    )
    return ",".join(fields) + "\n"


def _row(values: Sequence[Datum]) -> Mapping[str, Any]:
    return {
        "Data": [{} if value is None else {"VarCharValue": value} for value in values]
    }


def _info(name: str, of: str) -> dict[str, Any]:
    """Of a type that has parts, only its name is told."""
    kind, _, inside = of.partition("(")
    precision, scale = _PRECISION.get(kind, 0), 0
    if kind == "decimal":
        precision, scale = (int(each) for each in inside.rstrip(")").split(","))
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": kind,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind == "varchar",
    }
