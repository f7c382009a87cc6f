"""Runs of a transform: their days, and the times at which they begin."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product

from dateutil import tz

from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Transform
from private_transform.handlers.moment import is_dated

_SCHEDULE = ("runs", "schedule")
_TIMES = re.compile(r"cron\(([0-9,]+) ([0-9,]+) ")
_DAYS = 366
"""How far ahead clocks are looked at: each change comes once a year."""


def inputs_by_day(transform: Transform) -> Iterator[Breach]:
    """A job may read what stands before the day: not the whole bucket."""
    source = transform.transform_input.data_source.s3_data_source
    if is_dated(source.s3_uri) and not source.prefix:
        yield Breach(
            place=("transform_input", "data_source", "s3_data_source", "s3_uri"),
            rule="The day stands below a folder of the transform's own: a job can read "
            "all of that folder.",
            fix=f"Write it as {transform.name}/{source.s3_uri}.",
        )


def inputs_that_are_listed(transform: Transform) -> Iterator[Breach]:
    """What is new or complete is said of a prefix, and not of a manifest."""
    source = transform.transform_input.data_source.s3_data_source
    runs = transform.runs
    if runs is None or source.s3_data_type == "S3Prefix":
        return
    for key, given in (("select", runs.select == "new"), ("ready", runs.ready)):
        if given:
            yield Breach(
                place=("runs", key),
                rule=f"`{key}` is said of objects below a prefix; a manifest says by "
                "itself which are read.",
                fix="Remove it, or write s3_data_type: S3Prefix.",
            )


def known_zone(transform: Transform) -> Iterator[Breach]:
    """A zone that nobody knows."""
    schedule = transform.runs.schedule if transform.runs else None
    if schedule is not None and tz.gettz(schedule.time_zone) is None:
        yield Breach(
            place=(*_SCHEDULE, "time_zone"),
            rule=f"There is no time zone {schedule.time_zone}.",
            fix="Write an IANA name, such as Europe/Berlin.",
        )


def times_that_come(transform: Transform, today: date) -> Iterator[Breach]:
    """A time that clocks pass over once a year: that day would have no run."""
    schedule = transform.runs.schedule if transform.runs else None
    zone = tz.gettz(schedule.time_zone) if schedule else None
    if schedule is None or zone is None:
        return
    days = (today + timedelta(days=number) for number in range(_DAYS))
    for day, at in product(days, _times(schedule.expression)):
        if not tz.datetime_exists(datetime.combine(day, at), zone):
            yield Breach(
                place=(*_SCHEDULE, "expression"),
                rule=f"Clocks in {schedule.time_zone} pass over {at:%H:%M} on {day}, "
                "and a schedule then leaves that day out (AWS: Schedule types in "
                "EventBridge Scheduler).",
                fix="Write a time an hour earlier or later.",
            )
            return


def _times(expression: str) -> list[time]:
    """The times of a day, where they are written out; others come again that day."""
    found = _TIMES.match(expression)
    if found is None:
        return []
    minutes, hours = ([int(n) for n in part.split(",") if n] for part in found.groups())
    return [
        time(hour, minute)
        for hour, minute in product(hours, minutes)
        if hour < 24 and minute < 60
    ]
