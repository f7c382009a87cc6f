"""What an hour of an instance costs, as somebody wrote it down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from private_transform.environment.catalogue import INSTANCE_TYPES, REGIONS
from private_transform.environment.kinds import nearest
from private_transform.environment.yaml_source import Source, UnreadableError, read

from .bad_input import BadInputError

FILE = "prices.yaml"
"""The prices, from a tree's root."""

_KEYS = ("as_of", "usd_per_hour")
_DEAREST = 1_000
"""USD for an hour; no instance costs nearly so much."""

_AS = "Write it as in `ml.m5.large: 0.115`, below its region."


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of one day.

    Args:
        as_of: The day.
        usd_per_hour: Of one instance of a transform job, by region and instance type.
    """

    as_of: date
    usd_per_hour: Mapping[str, Mapping[str, Decimal]]

    def at_most(self, region: str, types: Iterable[str], count: int) -> Decimal | None:
        """USD for an hour of the dearest of several types; None if one is not known.

        Args:
            region: Where they run.
            types: One of them runs at a time.
            count: How many instances.
        """
        known = self.usd_per_hour.get(region, {})
        each = [known.get(name) for name in types]
        prices = [price for price in each if price is not None]
        return count * max(prices) if prices and len(prices) == len(each) else None


def prices_in(tree: Path) -> Prices | None:
    """The prices of a tree; None if it has none.

    Raises:
        BadInputError: They cannot be read.
    """
    file = tree / FILE
    if not file.is_file():
        return None
    try:
        return _Reader(file, read(file)).prices()
    except UnreadableError as error:
        raise BadInputError(f"{file}:{error.line}", error.rule, error.fix) from None


class _Reader:
    def __init__(self, file: Path, source: Source) -> None:
        self._file = file
        self._source = source

    def prices(self) -> Prices:
        content = self._mapping((), self._source.content, _KEYS, "key here")
        for key in _KEYS:
            if key not in content:
                raise self._error((key,), "This has to be there.", f"Write {key} too.")
        regions = self._mapping(
            ("usd_per_hour",),
            content["usd_per_hour"],
            tuple(REGIONS),
            "region of SageMaker",
        )
        return Prices(
            as_of=self._day(content["as_of"]),
            usd_per_hour={
                region: self._of_region(region, types)
                for region, types in regions.items()
            },
        )

    def _of_region(self, region: str, types: Any) -> dict[str, Decimal]:
        place = ("usd_per_hour", region)
        prices = self._mapping(place, types, INSTANCE_TYPES, "type for transform jobs")
        return {
            name: self._price((*place, name), price) for name, price in prices.items()
        }

    def _mapping(
        self, place: tuple[str, ...], value: Any, known: Sequence[str], kind: str
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(place, "Prices stand by region and instance type.", _AS)
        for key in value:
            # Nobody would ever ask for the price of a name that is misspelt.
            if key not in known:
                fix = nearest(key, known) or _AS
                raise self._error((*place, key), f"{key} is no {kind}.", fix)
        return value

    def _price(self, place: tuple[str, ...], value: Any) -> Decimal:
        try:
            price = Decimal(str(value))
        except InvalidOperation:
            price = Decimal("NaN")
        if not price.is_finite() or not 0 < price < _DEAREST:
            raise self._error(place, f"{value} is no price.", _AS)
        return price

    def _day(self, value: Any) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            rule, fix = f"{value} is no day.", "Write it as 2027-06-30."
            raise self._error(("as_of",), rule, fix) from None

    def _error(self, place: tuple[str, ...], rule: str, fix: str) -> BadInputError:
        line = self._source.line(place)
        return BadInputError(f"{self._file}:{line} {'.'.join(place)}", rule, fix)
