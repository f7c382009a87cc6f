"""Which objects belong to a table's partitions, and what their places say.

AWS: Set up partition projection; Supported types for partition projection; Dynamic ID
partitioning.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dateutil.relativedelta import relativedelta

from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.tables import Table

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_NOW: Final = re.compile(r"NOW(?:([+-]\d+)(YEARS|MONTHS|WEEKS|DAYS))?")
_UNITS: Final[Mapping[str, Callable[[int], relativedelta]]] = {
    "DAYS": lambda amount: relativedelta(days=amount),
    "MONTHS": lambda amount: relativedelta(months=amount),
    "WEEKS": lambda amount: relativedelta(weeks=amount),
    "YEARS": lambda amount: relativedelta(years=amount),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitions:
    """The places of a table's objects.

    Attributes:
        bucket: Where they lie.
        prefix: What all their keys have in common.
        pattern: What the key of a partition's location matches; its groups are the
            partition keys.
        days: By partition key that is a date: the first and the last that is seen.
    """

    bucket: str
    prefix: str
    pattern: re.Pattern[str]
    days: Mapping[str, tuple[date, date]]

    def values(self, key: str) -> dict[str, str] | None:
        """The partition keys of an object; None for what the table does not see.

        Objects and folders whose names begin with `_` or `.` are hidden.
        """
        found = self.pattern.match(key)
        if found is None or key.endswith("/"):
            return None
        below = key[found.end() :].split("/")
        if any(name.startswith(("_", ".")) for name in below):
            return None
        if any(not _is_within(found[name], *ends) for name, ends in self.days.items()):
            return None
        return found.groupdict()


def partitions(
    table: Table, injected: Mapping[str, Collection[str]], now: datetime
) -> Partitions:
    """Where the objects of a table lie.

    Args:
        table: The table.
        injected: By partition key that is injected: the values to look at.
        now: What `NOW` is, in UTC.

    Raises:
        QueryFailed: The partitions are not projected, or otherwise than is rehearsed.
    """
    told = table.parameters
    template = table.location
    if table.partition_keys:
        if told.get("projection.enabled", "").lower() != "true":
            raise QueryFailed(
                f"the rehearsal knows projected partitions only, and {table.name} has "
                "others"
            )
        template = told.get("storage.location.template", "")
    days: dict[str, tuple[date, date]] = {}
    groups: dict[str, str] = {}
    for key in (each.name for each in table.partition_keys):
        kind = told.get(f"projection.{key}.type")
        if f"${{{key}}}" not in template or kind not in ("date", "injected"):
            raise QueryFailed(
                f"the rehearsal does not know how {table.name} projects {key}"
            )
        if kind == "date":
            days[key] = _days(told, key, now)
            groups[key] = r"\d{4}-\d{2}-\d{2}"
        else:
            groups[key] = "|".join(map(re.escape, sorted(injected[key])))
    bucket, _, path = template.removeprefix("s3://").partition("/")
    path = path if not path or path.endswith("/") else f"{path}/"
    return Partitions(
        bucket=bucket,
        prefix=path.partition("${")[0],
        pattern=_pattern(path, groups),
        days=days,
    )


def injected_keys(table: Table) -> list[str]:
    """The partition keys whose values only the statement knows."""
    return [
        key.name
        for key in table.partition_keys
        if table.parameters.get(f"projection.{key.name}.type") == "injected"
    ]


def _pattern(path: str, groups: Mapping[str, str]) -> re.Pattern[str]:
    parts = _VARIABLE.split(path)
    texts, names = parts[::2], parts[1::2]
    pattern = re.escape(texts[0])
    for name, text in zip(names, texts[1:], strict=True):
        pattern += f"(?P<{name}>{groups[name]}){re.escape(text)}"
    return re.compile(pattern)


def _days(told: Mapping[str, str], key: str, now: datetime) -> tuple[date, date]:
    known = {
        "format": "yyyy-MM-dd",
        "interval": "1",
        "interval.unit": "DAYS",
    }
    for name, value in known.items():
        if told.get(f"projection.{key}.{name}", value) != value:
            raise QueryFailed(f"the rehearsal projects days only, and {key} is none")
    first, _, last = told.get(f"projection.{key}.range", "").partition(",")
    return _end(first, now), _end(last, now)


def _end(text: str, now: datetime) -> date:
    """One end of a range: a day, or one from today on."""
    relative = _NOW.fullmatch(text.strip())
    try:
        if relative is None:
            return date.fromisoformat(text.strip())
    except ValueError:
        raise QueryFailed(f"the rehearsal does not know the date {text!r}") from None
    if relative[1] is None:
        return now.date()
    return now.date() + _UNITS[relative[2]](int(relative[1]))


def _is_within(text: str, first: date, last: date) -> bool:
    try:
        return first <= date.fromisoformat(text) <= last
    except ValueError:
        return False
