"""Hive's types, as the Data Catalog writes them, and what they are in DuckDB.

AWS: Data types in Amazon Athena.
"""

import re
from dataclasses import dataclass
from typing import Final

_SIMPLE: Final = {
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "double": "DOUBLE",
    "int": "INTEGER",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
}
_TOKEN: Final = re.compile(r"\s*([a-z_][a-z0-9_]*|[0-9]+|[<>(),:])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HiveType:
    """One type, with the types inside of it.

    Args:
        name: `array`, `bigint`, `boolean`, `date`, `decimal`, `double`, `int`, `map`,
            `string`, `struct` or `timestamp`.
        inside: Of an array its items, of a map its keys and values, of a struct its
            fields.
        fields: The names of a struct's fields, in lower case.
        digits: Of a decimal: how many digits there are, and behind the point.
    """

    name: str
    inside: tuple["HiveType", ...] = ()
    fields: tuple[str, ...] = ()
    digits: tuple[int, int] = (10, 0)

    @classmethod
    def parse(cls, text: str) -> "HiveType":
        """Read a type such as `array<struct<label:string,score:double>>`.

        Raises:
            ValueError: It is no type, or one that is not rehearsed.
        """
        tokens = _TOKEN.findall(text)
        if "".join(tokens) != "".join(text.split()):
            raise ValueError(f"{text!r} is no type")
        try:
            found = _read(tokens)
        except IndexError:
            raise ValueError(f"{text!r} is no type") from None
        if tokens:
            raise ValueError(f"{text!r} is no type")
        return found

    def duckdb(self) -> str:
        """The type in DuckDB's SQL."""
        inside = [each.duckdb() for each in self.inside]
        if self.name == "array":
            return f"{inside[0]}[]"
        if self.name == "map":
            return f"MAP({inside[0]}, {inside[1]})"
        if self.name == "struct":
            pairs = zip(self.fields, inside, strict=True)
            fields = ", ".join(f'"{name}" {of}' for name, of in pairs)
            return f"STRUCT({fields})"
        if self.name == "decimal":
            return f"DECIMAL({self.digits[0]}, {self.digits[1]})"
        return _SIMPLE[self.name]


def _read(tokens: list[str]) -> HiveType:
    """Take one type from the front of the tokens."""
    name = tokens.pop(0).lower()
    if name in _SIMPLE:
        return HiveType(name)
    if name == "decimal":
        return HiveType(name, digits=_read_digits(tokens))
    if name == "struct":
        return _read_struct(tokens)
    if name not in ("array", "map"):
        raise ValueError(f"the rehearsal does not know the type {name!r}")
    _expect(tokens, "<")
    inside = [_read(tokens)]
    if name == "map":
        _expect(tokens, ",")
        inside.append(_read(tokens))
    _expect(tokens, ">")
    return HiveType(name, tuple(inside))


def _read_struct(tokens: list[str]) -> HiveType:
    _expect(tokens, "<")
    fields, inside = [], []
    while True:
        fields.append(tokens.pop(0).lower())
        _expect(tokens, ":")
        inside.append(_read(tokens))
        if tokens[0] != ",":
            break
        tokens.pop(0)
    _expect(tokens, ">")
    return HiveType("struct", tuple(inside), tuple(fields))


def _read_digits(tokens: list[str]) -> tuple[int, int]:
    if tokens[:1] != ["("]:
        return (10, 0)
    tokens.pop(0)
    precision, scale = int(tokens.pop(0)), 0
    if tokens[0] == ",":
        tokens.pop(0)
        scale = int(tokens.pop(0))
    _expect(tokens, ")")
    return precision, scale


def _expect(tokens: list[str], wanted: str) -> None:
    found = tokens.pop(0)
    if found != wanted:
        raise ValueError(f"{wanted!r} is missing before {found!r}")
