"""When schedules of EventBridge Scheduler begin what they are for."""

from collections.abc import Iterator

from .plain import Resource
from .scene import Scene

_DECIDES = {
    "EndDate": None,
    "FlexibleTimeWindow": None,
    "ScheduleExpression": None,
    "ScheduleExpressionTimezone": "UTC",
    "StartDate": None,
    "State": "ENABLED",
}
"""All that decides it, and what is where it is left out (AWS:
AWS::Scheduler::Schedule)."""


def schedules_of(scene: Scene, arn: str) -> Iterator[Resource]:
    """The schedules that call what has an ARN, or start it."""
    for each in scene.estate.of_type("AWS::Scheduler::Schedule"):
        target = each.properties.get("Target")
        if isinstance(target, dict) and target.get("Arn") == arn:
            yield each


def is_always(schedule: Resource, expression: str, zone: str = "UTC") -> bool:
    """Whether a schedule is on, and nothing but an expression decides when."""
    given = {key: schedule.properties.get(key, it) for key, it in _DECIDES.items()}
    return given == {
        **_DECIDES,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": zone,
    }
