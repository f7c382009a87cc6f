"""The types of columns: as Glue writes them, and as Athena's engine does.

AWS: Data types in Amazon Athena.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN = {
    "boolean": "boolean",
    "int": "integer",
    "bigint": "bigint",
    "double": "double",
    "string": "varchar",
    "date": "date",
    "timestamp": "timestamp",
}
_TOKEN = re.compile(r"[a-z_][a-z0-9_]*|[0-9]+|[<>(),:]")
_DECIMAL_DIGITS = 38


class ColumnTypeError(ValueError):
    """A text is no column type; the message says where it stops being one."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """One type.

    Args:
        engine: As Athena's engine writes it: `array(varchar)`.
        item: Of an array, the type of what it holds.
        fields: Of a struct, the types of its fields by their names.
    """

    engine: str
    item: "ColumnType | None" = None
    fields: tuple[tuple[str, "ColumnType"], ...] = ()

    @classmethod
    def of(cls, text: str) -> "ColumnType":
        """Read a type as Glue writes it: `array<struct<label:string,score:double>>`.

        Raises:
            ColumnTypeError: It is no type that a table here may have.
        """
        return _Reader(text).whole()

    @property
    def is_plain(self) -> bool:
        """Whether it has no parts, so that it can stand in a CSV file."""
        return self.engine in _PLAIN.values() or self.engine.startswith("decimal(")


class _Reader:
    """Reads one type, token by token."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens)

    def whole(self) -> ColumnType:
        """The type that the text is, from its start to its end."""
        found = self._type()
        if self._next:
            raise ColumnTypeError(f"the type is complete before `{self._next}`")
        return found

    def _type(self) -> ColumnType:
        name = self._take("a type")
        match name:
            case "array":
                self._expect("<")
                item = self._type()
                self._expect(">")
                return ColumnType(f"array({item.engine})", item=item)
            case "map":
                self._expect("<")
                key = self._type()
                self._expect(",")
                value = self._type()
                self._expect(">")
                return ColumnType(f"map({key.engine}, {value.engine})")
            case "struct":
                self._expect("<")
                fields = tuple(self._fields())
                self._expect(">")
                parts = ", ".join(f'"{field}" {kind.engine}' for field, kind in fields)
                return ColumnType(f"row({parts})", fields=fields)
            case "decimal":
                return ColumnType(f"decimal({self._digits()})")
            case _ if name in _PLAIN:
                return ColumnType(_PLAIN[name])
        raise ColumnTypeError(
            f"{name} is none of {', '.join(_PLAIN)}, decimal(P,S), array<...>, "
            "map<...,...> and struct<name:...>"
        )

    def _fields(self) -> Iterator[tuple[str, ColumnType]]:
        while True:
            name = self._take("a field's name")
            self._expect(":")
            yield name, self._type()
            if self._next != ",":
                return
            self._expect(",")

    def _digits(self) -> str:
        """Precision and scale."""
        self._expect("(")
        precision = self._take("a number of digits")
        self._expect(",")
        scale = self._take("a number of digits")
        self._expect(")")
        numbers = precision.isdigit() and scale.isdigit()
        if not numbers or not max(1, int(scale)) <= int(precision) <= _DECIMAL_DIGITS:
            raise ColumnTypeError(
                f"a decimal has up to {_DECIMAL_DIGITS} digits, and no more of them "
                "behind its point: decimal(10,2)"
            )
        return f"{int(precision)}, {int(scale)}"

    def _take(self, what: str) -> str:
        if not self._next.strip("<>(),:"):
            raise self._error(what)
        taken, self._next = self._next, next(self._tokens)
        return taken

    def _expect(self, sign: str) -> None:
        if self._next != sign:
            raise self._error(f"`{sign}`")
        self._next = next(self._tokens)

    def _error(self, what: str) -> ColumnTypeError:
        found = f"`{self._next}`" if self._next else "the end"
        return ColumnTypeError(f"{what} is missing before {found}")


def _tokens(text: str) -> Iterator[str]:
    """The tokens of a type, and then an empty one."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ColumnTypeError(
                f"{text[position]!r} is no part of a type, which is written in small "
                "letters and without spaces"
            )
        yield found[0]
        position = found.end()
    yield ""
