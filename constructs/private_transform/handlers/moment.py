"""The day and the hour that a run is for, as they stand in the names of its data.

They follow from when a run was due and not from when it began: a late start and a run
that is made once more are for the same day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# Botocore brings it, with a table of all zones; Lambda has none of its own.
from dateutil import tz

PLACES = re.compile(r"\{run_date(?:-([1-9][0-9]{0,2})d)?\}|\{run_hour\}")
"""`{run_date}`, `{run_date-1d}` with up to 999 days, and `{run_hour}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A day, and an hour of it.

    Args:
        date: In the zone of the transform's schedule.
        hour: 0 to 23, there.
    """

    date: date
    hour: int = 0

    @classmethod
    def of(cls, instant: datetime, zone: str) -> "Moment":
        """The day and hour of an instant.

        Args:
            instant: With a zone of its own.
            zone: The zone's IANA name.

        Raises:
            ValueError: There is no such zone.
        """
        there = tz.gettz(zone)
        if there is None:
            raise ValueError(f"there is no time zone {zone}")
        local = instant.astimezone(there)
        return cls(date=local.date(), hour=local.hour)

    def filled(self, text: str) -> str:
        """A text with dates as 2030-01-31 and hours as 00 to 23 in their places."""
        return PLACES.sub(self._value, text)

    def _value(self, place: re.Match[str]) -> str:
        if place[0] == "{run_hour}":
            return f"{self.hour:02}"
        return (self.date - timedelta(days=int(place[1] or 0))).isoformat()


def is_dated(text: str) -> bool:
    """Whether a text has a place for a date or an hour."""
    return PLACES.search(text) is not None
