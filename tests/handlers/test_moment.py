"""The day of a run follows from when it was due, in the zone of its schedule."""

from datetime import UTC, date, datetime

import pytest

from private_transform.handlers.moment import Moment, is_dated

NEW_YEAR = Moment(date=date(2030, 1, 1), hour=7)


@pytest.mark.parametrize(
    ("instant", "zone", "day", "hour"),
    [
        ("2030-01-31T23:30:00+00:00", "UTC", "2030-01-31", 23),
        ("2030-01-31T23:30:00+00:00", "Europe/Berlin", "2030-02-01", 0),
        ("2030-01-31T04:30:00+00:00", "America/New_York", "2030-01-30", 23),
        # Clocks go on at 01:00 UTC, and back.
        ("2030-03-31T00:59:00+00:00", "Europe/Berlin", "2030-03-31", 1),
        ("2030-03-31T01:00:00+00:00", "Europe/Berlin", "2030-03-31", 3),
        ("2030-10-27T00:30:00+00:00", "Europe/Berlin", "2030-10-27", 2),
        ("2030-10-27T01:30:00+00:00", "Europe/Berlin", "2030-10-27", 2),
    ],
)
def test_an_instant_is_in_the_day_of_its_zone(
    instant: str, zone: str, day: str, hour: int
) -> None:
    found = Moment.of(datetime.fromisoformat(instant), zone)

    assert (found.date.isoformat(), found.hour) == (day, hour)


def test_a_zone_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="no time zone Europe/Nowhere"):
        Moment.of(datetime(2030, 1, 1, tzinfo=UTC), "Europe/Nowhere")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("photos/{run_date}/", "photos/2030-01-01/"),
        ("photos/{run_date-1d}/{run_hour}/", "photos/2029-12-31/07/"),
        ("photos/{run_date-366d}/", "photos/2028-12-31/"),
        ("photos/", "photos/"),
        ("photos/{run_day}/{run_date-0d}/", "photos/{run_day}/{run_date-0d}/"),
    ],
)
def test_places_are_filled_and_other_text_is_left(text: str, filled: str) -> None:
    assert NEW_YEAR.filled(text) == filled
    assert is_dated(text) is (text != filled)
