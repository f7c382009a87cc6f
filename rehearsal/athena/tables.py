"""Tables and views, as the Data Catalog describes them."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.hive_types import HiveType

_FORMATS: Final[Mapping[str, Literal["csv", "json"]]] = {
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "csv",
    "org.openx.data.jsonserde.JsonSerDe": "json",
}
_VIEW: Final = re.compile(r"/\* Presto View: (\S+) \*/")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its name is in lower case."""

    name: str
    type: HiveType


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose rows are objects' lines.

    Attributes:
        database: Its database.
        name: Its name.
        columns: What a line holds.
        partition_keys: What an object's place says.
        location: Where its objects lie, `s3://bucket/prefix/`.
        format: How a line is read.
        serde: What the SerDe is told.
        parameters: Of the table, with its projections.
    """

    database: str
    name: str
    columns: tuple[Column, ...]
    partition_keys: tuple[Column, ...]
    location: str
    format: Literal["csv", "json"]
    serde: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def column_names(self) -> list[str]:
        """The names of all columns that a star shows."""
        return [each.name for each in (*self.columns, *self.partition_keys)]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: a statement with a name.

    Attributes:
        database: Its database.
        name: Its name.
        sql: The statement.
        schema: The database of tables that the statement names without one.
        columns: Name and type of each column, as the view was made with.
    """

    database: str
    name: str
    sql: str
    schema: str
    columns: tuple[tuple[str, str], ...]

    @property
    def column_names(self) -> list[str]:
        """The names of all columns."""
        return [name for name, _ in self.columns]


def from_catalog(record: Mapping[str, Any]) -> Table | View:
    """Read what glue:GetTable answers.

    Raises:
        QueryFailed: It is neither a view of Athena's nor a table that is rehearsed.
    """
    if record.get("TableType") == "VIRTUAL_VIEW":
        return _view(record)
    storage = record["StorageDescriptor"]
    serde = storage.get("SerdeInfo", {})
    library = serde.get("SerializationLibrary")
    if library not in _FORMATS:
        raise QueryFailed(f"the rehearsal does not know the SerDe {library}")
    return Table(
        database=record["DatabaseName"],
        name=record["Name"],
        columns=_columns(storage["Columns"]),
        partition_keys=_columns(record.get("PartitionKeys", [])),
        location=storage["Location"],
        format=_FORMATS[library],
        serde=serde.get("Parameters", {}),
        parameters=record.get("Parameters", {}),
    )


def _columns(described: list[Mapping[str, str]]) -> tuple[Column, ...]:
    try:
        return tuple(
            Column(each["Name"].lower(), HiveType.parse(each["Type"]))
            for each in described
        )
    except ValueError as error:
        raise QueryFailed(f"HIVE_INVALID_METADATA: {error}") from error


def _view(record: Mapping[str, Any]) -> View:
    """AWS: CreateTable of AWS Glue leaves the text of Athena's views to Athena."""
    written = _VIEW.fullmatch(record.get("ViewOriginalText") or "")
    try:
        if written is None:
            raise ValueError("it is not written as Athena writes views")
        content = json.loads(base64.b64decode(written[1], validate=True))
        return View(
            database=record["DatabaseName"],
            name=record["Name"],
            sql=content["originalSql"],
            schema=content["schema"],
            columns=tuple(
                (each["name"].lower(), each["type"].lower())
                for each in content["columns"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise QueryFailed(
            f"INVALID_VIEW: the text of the view {record['Name']} cannot be read: "
            f"{error}"
        ) from error
