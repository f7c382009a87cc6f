"""Runs of a transform: their days, and the times at which they begin."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise, product

from dateutil import tz

from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Transform
from private_transform.handlers.moment import is_dated

_SCHEDULE = ("runs", "schedule")
_CRON = re.compile(r"cron\((\S+) (\S+) ")
_WRITTEN_OUT = re.compile(r"cron\([0-9,]+ [0-9,]+ ")
_PART = re.compile(r"(\*|[0-9]+)(?:-([0-9]+))?(?:/([0-9]+))?")
_VALUES = re.compile(r"#?[0-9]+|[A-Za-z]+")
"""Numbers, names, and which of a month's weekdays."""

_STEPS = re.compile(r"/[0-9]+|#[1-5]|(?<=[0-9])[LW]|\bLW?\b")
"""What numbers and names may have beside them."""

_MONTHS = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, Sequence[str]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 1, 7, _WEEKDAYS),
    ("year", 1970, 2199, ()),
)
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


def shards_by_lists(transform: Transform) -> Iterator[Breach]:
    """What a list names is chosen already, below the folder that a job may read."""
    runs = transform.runs
    if runs is None or runs.shards is None:
        return
    for key, given in (("select", runs.select == "new"), ("ready", runs.ready)):
        if given:
            yield Breach(
                place=("runs", key),
                rule=f"`{key}` is said of objects below a prefix, and with shards, "
                "lists say which are read.",
                fix="Remove it, or shards.",
            )
    if transform.on_deploy == "run":
        yield Breach(
            place=("on_deploy",),
            rule="A deployment makes one job of the whole folder, and shards are for "
            "folders that are too large for one. `run` is the default.",
            fix="Write on_deploy: none, or smoke.",
        )
    if transform.transform_input.data_source.s3_data_source.s3_data_type != "S3Prefix":
        yield Breach(
            place=("runs", "shards"),
            rule="Shards name objects below the prefix of the transform's input, and "
            "there is a manifest.",
            fix="Write s3_data_type: S3Prefix and the folder of the inputs.",
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


def fields_of_cron(transform: Transform) -> Iterator[Breach]:
    """Minutes, days and the like that there are not, which AWS refuses."""
    schedule = transform.runs.schedule if transform.runs else None
    if schedule is None or not schedule.expression.startswith("cron("):
        return
    texts = schedule.expression.removeprefix("cron(").removesuffix(")").split()
    for text, (field, first, last, names) in zip(texts, _FIELDS, strict=True):
        for value in _VALUES.findall(_STEPS.sub("", text)):
            known = first <= int(value) <= last if value.isdigit() else value in names
            if not known:
                yield Breach(
                    place=(*_SCHEDULE, "expression"),
                    rule=f"There is no {field} {value}: it is {first} to {last}"
                    f"{', or a name such as ' + names[0] if names else ''} (AWS: "
                    "Schedule types in EventBridge Scheduler).",
                    fix=f"Write another {field} than {text}.",
                )


def times_that_come(transform: Transform, today: date) -> Iterator[Breach]:
    """A time that clocks pass over once a year: that day would have no run."""
    schedule = transform.runs.schedule if transform.runs else None
    zone = tz.gettz(schedule.time_zone) if schedule else None
    if schedule is None or zone is None:
        return
    times = _times(schedule.expression)
    written_out = _WRITTEN_OUT.match(schedule.expression) is not None
    for day in _days_of_change(schedule.time_zone, today):
        missed = [
            at
            for at in times
            if not tz.datetime_exists(datetime.combine(day, at), zone)
        ]
        if missed and (written_out or missed == times):
            yield Breach(
                place=(*_SCHEDULE, "expression"),
                rule=f"Clocks in {schedule.time_zone} pass over {missed[0]:%H:%M} on "
                f"{day}, and a schedule then leaves that day out (AWS: Schedule types "
                "in EventBridge Scheduler).",
                fix="Write a time an hour earlier or later.",
            )
            return


@cache
def _days_of_change(zone: str, today: date) -> tuple[date, ...]:
    """Days of the next year on which clocks may differ; transforms share zones.

    Noons are compared, because clocks pass over some midnights.
    """
    there = tz.gettz(zone)
    days = [today + timedelta(days=number) for number in range(-1, _DAYS + 1)]
    offsets = [datetime.combine(day, time(12), there).utcoffset() for day in days]
    return tuple(
        day
        for number, (before, after) in enumerate(pairwise(offsets))
        if before != after
        for day in days[number : number + 2]
    )


def _times(expression: str) -> list[time]:
    """The times of a day at which an expression of cron begins something."""
    found = _CRON.match(expression)
    if found is None:
        return []
    minutes, hours = found.groups()
    return [
        time(hour, minute)
        for hour, minute in product(_numbers(hours, 24), _numbers(minutes, 60))
    ]


def _numbers(field: str, end: int) -> list[int]:
    """What a field of cron names (AWS: Schedule types in EventBridge Scheduler).

    Nothing, where it names what is not understood: EventBridge refuses that.
    """
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return []
        first, last, step = match.groups()
        begin = 0 if first == "*" else int(first)
        stop = int(last) + 1 if last else begin + 1
        if first == "*" or (step and not last):
            stop = end
        found |= set(range(begin, min(stop, end), int(step or 1) or 1))
    return sorted(found)
