"""When schedules are due, by the clocks of their time zones.

AWS: Schedule types in EventBridge Scheduler.
"""

from datetime import UTC, datetime, timedelta

from dateutil import tz
from ministack.services import eventbridge


def next_time(
    expression: str, *, time_zone: str, created: datetime, since: datetime
) -> datetime | None:
    """The first time from `since` on at which a schedule is due, in UTC.

    A rate begins when its schedule is created. A local time that clocks pass over does
    not come that day, and one that comes twice counts the first time.

    Args:
        expression: `rate(...)`, or `cron(...)` with six fields.
        time_zone: What a cron expression means, by its IANA name.
        created: When the schedule was.
        since: From when on.

    Returns:
        The time; None if there is none in the next four years.

    Raises:
        ValueError: The expression or the time zone means nothing here.
    """
    zone = tz.gettz(time_zone)
    if zone is None:
        raise ValueError(f"there is no time zone {time_zone}")
    seconds = eventbridge._parse_rate_seconds(expression)
    if seconds:
        rate = timedelta(seconds=seconds)
        passed = max(since - created, timedelta())
        return created + -(-passed // rate) * rate
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        raise ValueError(f"the embedded AWS does not know the schedule {expression}")
    # MiniStack looks for whole minutes after a time, and counts in UTC.
    wall = since.astimezone(zone).replace(tzinfo=UTC) - timedelta(microseconds=1)
    while (wall := eventbridge._cron_next_fire(fields, wall)) is not None:
        local = wall.replace(tzinfo=zone)
        at: datetime = local.astimezone(UTC)
        if tz.datetime_exists(local) and at >= since:
            return at
    return None
