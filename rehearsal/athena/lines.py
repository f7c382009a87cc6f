"""The rows of an object, by its table's SerDe.

AWS: OpenX JSON SerDe; Open CSV SerDe for processing CSV.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.hive_types import HiveType
from rehearsal.athena.tables import Table
from rehearsal.athena.values import double_text

Row = dict[str, Any]
"""By column: a value whose JSON DuckDB casts to the column's type."""

_END: Final = re.compile(r"\r\n|\n|\r")


def rows(table: Table, content: bytes) -> Iterator[Row]:
    """Read an object line by line; an empty one has no rows.

    Raises:
        QueryFailed: A line is not what the table says.
    """
    try:
        lines = _END.split(content.decode())
    except UnicodeDecodeError as error:
        raise QueryFailed(f"the rehearsal reads UTF-8 only: {error}") from error
    if not lines[-1]:
        lines.pop()
    read = _json_row if table.format == "json" else _csv_row
    skipped = int(table.parameters.get("skip.header.line.count", 0))
    return (read(table, line) for line in lines[skipped:])


def _csv_row(table: Table, line: str) -> Row:
    """Every value is a text; a line that ends early leaves the rest NULL."""
    if any(column.type.name != "string" for column in table.columns):
        raise QueryFailed("the rehearsal reads CSV into columns of strings only")
    try:
        [found] = csv.reader(
            [line],
            delimiter=table.serde.get("separatorChar", ","),
            quotechar=table.serde.get("quoteChar", '"'),
            escapechar=table.serde.get("escapeChar", "\\"),
            strict=True,
        )
    except (csv.Error, ValueError) as error:
        raise QueryFailed(f"HIVE_BAD_DATA: {error} in the line {line!r}") from error
    names = [column.name for column in table.columns]
    return {**dict.fromkeys(names), **dict(zip(names, found, strict=False))}


def _json_row(table: Table, line: str) -> Row:
    """A malformed line that is ignored is a row of NULLs, as by the SerDe itself."""
    try:
        found = _lowered(_parsed(line))
    except ValueError as error:
        if table.serde.get("ignore.malformed.json", "").lower() != "true":
            raise QueryFailed(
                "HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: "
                f"{error}"
            ) from error
        found = {}
    return {
        column.name: _value(column.type, found.get(column.name), column.name)
        for column in table.columns
    }


def _parsed(line: str) -> dict[str, Any]:
    found = json.loads(
        line,
        object_pairs_hook=_unique,
        parse_constant=_no_number,
        parse_float=Decimal,
    )
    if not isinstance(found, dict):
        raise ValueError("A JSONObject text must begin with '{'")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f'Duplicate key "{key}"')
        made[key] = value
    return made


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _lowered(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a row or struct, whose names are the same in any case."""
    return _unique([(key.lower(), value) for key, value in members.items()])


def _value(hive: HiveType, value: Any, name: str) -> Any:
    """Bring a value of JSON to a type.

    Raises:
        QueryFailed: It has no such value.
    """
    if value is None:
        return None
    try:
        return _READ[hive.name](hive, value, name)
    except (TypeError, ValueError):
        raise QueryFailed(
            f"HIVE_BAD_DATA: Error parsing field value '{value}' for field {name}: it "
            f"is no {hive.name}"
        ) from None


def _string(hive: HiveType, value: Any, name: str) -> str:
    """Whatever it is: what is no text is written as JSON, numbers as Java does."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return double_text(float(value))
    return json.dumps(value, separators=(",", ":"), default=float)


def _whole(hive: HiveType, value: Any, name: str) -> int:
    if isinstance(value, bool | Decimal):
        raise TypeError
    return int(value)


def _double(hive: HiveType, value: Any, name: str) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _decimal(hive: HiveType, value: Any, name: str) -> str:
    """As text, which loses nothing."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise TypeError
    return str(value)


def _boolean(hive: HiveType, value: Any, name: str) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise TypeError
    return value


def _date(hive: HiveType, value: Any, name: str) -> str:
    return date.fromisoformat(value).isoformat()


def _timestamp(hive: HiveType, value: Any, name: str) -> str:
    """The zone of the text, which can be UTC's `Z`, is dropped."""
    return datetime.fromisoformat(value.removesuffix("Z")).isoformat(" ")


def _array(hive: HiveType, value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return [_value(hive.inside[0], each, name) for each in value]


def _struct(hive: HiveType, value: Any, name: str) -> Row:
    if not isinstance(value, dict):
        raise TypeError
    members = _lowered(value)
    return {
        field: _value(inside, members.get(field), f"{name}.{field}")
        for field, inside in zip(hive.fields, hive.inside, strict=True)
    }


def _map(hive: HiveType, value: Any, name: str) -> Row:
    if not isinstance(value, dict):
        raise TypeError
    return {key: _value(hive.inside[1], each, name) for key, each in value.items()}


_READ: Final[Mapping[str, Callable[[HiveType, Any, str], Any]]] = {
    "array": _array,
    "bigint": _whole,
    "boolean": _boolean,
    "date": _date,
    "decimal": _decimal,
    "double": _double,
    "int": _whole,
    "map": _map,
    "string": _string,
    "struct": _struct,
    "timestamp": _timestamp,
}
