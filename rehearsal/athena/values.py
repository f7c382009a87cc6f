"""Values as Athena writes them into results.

AWS: Working with query results, recent queries, and output files; Trino: a double is
written as Java writes it, an array as `[a, b]`, a row as `{name=value}`, a map as
`{key=value}`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

_PLAIN_FROM: Final = Decimal("1e-3")
_PLAIN_BELOW: Final = Decimal("1e7")


def text(value: Any) -> str | None:
    """What stands in a result for a value of DuckDB's; None for NULL."""
    return None if value is None else _text(value)


def double_text(value: float) -> str:
    """A double as Java writes it: as few digits as tell it from its neighbours."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    exact = Decimal(repr(value))
    if not exact or _PLAIN_FROM <= abs(exact) < _PLAIN_BELOW:
        plain = f"{exact:f}"
        return plain if "." in plain else f"{plain}.0"
    sign, digits, _ = exact.normalize().as_tuple()
    behind = "".join(map(str, digits[1:])) or "0"
    return f"{'-' * sign}{digits[0]}.{behind}E{exact.adjusted()}"


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, datetime):
        moment = f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03}"
        return moment if value.tzinfo is None else f"{moment} {value.tzinfo}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_text(key)}={_text(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    return str(value)
