"""EventBridge Scheduler calls a target with the schedule's role, when its time comes.

AWS: Setting up Amazon EventBridge Scheduler; Confused deputy prevention in EventBridge
Scheduler; Adding context attributes in EventBridge Scheduler.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ministack.services import lambda_svc, scheduler, stepfunctions
from ministack.services.cloudformation import provisioners

from rehearsal.embedded import identity
from rehearsal.embedded.exchange import Receive, Send, body_of, respond
from rehearsal.embedded.schedule_times import next_time
from rehearsal.embedded.scope import Scope

logger = logging.getLogger(__name__)

Properties = Mapping[str, Any]
Schedule = Mapping[str, Any]

ORDERS = "/_rehearsal/schedules"
"""POST a schedule's name and a time to this path to fire it as if it were then."""

KNOWN = {
    "Description",
    "FlexibleTimeWindow",
    "GroupName",
    "Name",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "State",
    "Target",
}
"""The properties of a template that mean something here."""

_handlers = provisioners._RESOURCE_HANDLERS


class InvocationError(Exception):
    """A schedule did not reach its target; the message says why."""


@dataclass(kw_only=True)
class _Clock:
    """When it last looked for schedules that are due."""

    looked: datetime = field(default_factory=lambda: datetime.now(UTC))


_clock = _Clock()


def apply() -> None:
    """Invoke with the role and by local time; keep what a template says of it."""
    scheduler._tick_schedules = _look
    handler = _handlers["AWS::Scheduler::Schedule"]
    create, update = handler["create"], handler["update"]

    def create_in_zone(logical_id: str, properties: Properties, stack: str) -> Any:
        _require_known(properties)
        created = create(logical_id, properties, stack)
        _complete(created[0], properties)
        return created

    def update_in_zone(
        physical_id: str, old: Properties, new: Properties, stack: str
    ) -> Any:
        _require_known(new)
        updated = update(physical_id, old, new, stack)
        _complete(updated[0], new, LastModificationDate=time.time())
        return updated

    _handlers["AWS::Scheduler::Schedule"] = {
        **handler,
        "create": create_in_zone,
        "update": update_in_zone,
    }


async def take_orders(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Answer a request to `ORDERS`."""
    order = json.loads(await body_of(receive))
    name, scheduled = order["schedule"], datetime.fromisoformat(order["scheduled"])
    status, answer = 200, dict[str, str]()
    try:
        _fire(name, scheduled)
    except LookupError as error:
        status, answer = 404, {"message": str(error)}
    except InvocationError as error:
        status, answer = 403, {"message": str(error)}
    await respond(send, status, json.dumps(answer).encode(), "application/json")


def due(schedule: Schedule, since: datetime, until: datetime) -> datetime | None:
    """When a schedule's target is to be called, if that is before `until`.

    Args:
        schedule: MiniStack's record of it.
        since: From when on; a change of the schedule says nothing of what was before.
        until: The end, exclusive.
    """
    if schedule["State"] != "ENABLED":
        return None
    created, changed = (
        datetime.fromtimestamp(schedule[each], UTC)
        for each in ("CreationDate", "LastModificationDate")
    )
    at = next_time(
        schedule["ScheduleExpression"],
        time_zone=schedule["ScheduleExpressionTimezone"],
        created=created,
        since=max(since, changed),
    )
    return at if at is not None and at < until else None


def _look() -> None:
    """Invoke what has come due; what fails is told to the log, and dropped.

    Nothing is tried again, where AWS tries for a day what may pass (AWS: RetryPolicy).
    """
    since, _clock.looked = _clock.looked, datetime.now(UTC)
    for schedule in scheduler._schedules.all_values():
        try:
            at = due(schedule, since, _clock.looked)
            if at is not None:
                _invoke(schedule, at)
        except Exception:
            logger.exception("%s failed to invoke its target", schedule["Arn"])


def _fire(name: str, scheduled: datetime) -> None:
    found = [each for each in scheduler._schedules.all_values() if each["Name"] == name]
    if not found:
        raise LookupError(f"there is no schedule {name}")
    if found[0]["State"] != "ENABLED":
        raise InvocationError(f"the schedule {name} is disabled")
    _invoke(found[0], scheduled)


def _invoke(schedule: Schedule, scheduled: datetime) -> None:
    _, _, _, region, account, _ = schedule["Arn"].split(":")
    target = schedule["Target"]["Arn"]
    service = target.split(":")[2]
    if service not in _TARGETS:
        raise InvocationError(f"the embedded AWS calls no target such as {target}")
    action, call = _TARGETS[service]
    with identity.scoped(Scope(account=account, region=region)):
        refused = _refusal(schedule, action, account)
        if refused is not None:
            raise InvocationError(refused)
        call(target, _content(schedule, scheduled))


def _refusal(schedule: Schedule, action: str, account: str) -> str | None:
    """Why the schedule's role does not let its target be called, or None."""
    role = schedule["Target"]["RoleArn"]
    source = {
        "aws:SourceAccount": account,
        "aws:SourceArn": scheduler._group_arn(schedule["GroupName"]),
    }
    if not identity.trusts(role, "scheduler.amazonaws.com", source):
        return (
            "The execution role you provide must allow AWS EventBridge Scheduler to "
            "assume the role."
        )
    session = identity.role_session(role, schedule["Name"])
    return identity.authorize(session, action, schedule["Target"]["Arn"])


def _content(schedule: Schedule, scheduled: datetime) -> str:
    """What the target is given, with the attributes of this call."""
    content: str = schedule["Target"].get("Input", "")
    attributes = {
        "schedule-arn": schedule["Arn"],
        "scheduled-time": f"{scheduled.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "execution-id": uuid4().hex[:16],
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        content = content.replace(f"<aws.scheduler.{name}>", value)
    try:
        json.loads(content)
    except ValueError:
        raise InvocationError("the target's input is no well-formed JSON") from None
    return content


def _invoke_function(arn: str, content: str) -> None:
    """Nobody waits for what it answers, and Lambda tries again when it fails."""
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function is None or config is None:
        raise InvocationError(f"Function not found: {arn}")
    version = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(version, json.loads(content))


def _start_execution(arn: str, content: str) -> None:
    request = {"stateMachineArn": arn, "input": content}
    status, _, body = stepfunctions._start_execution(request)
    if status >= 400:
        told = json.loads(body)
        raise InvocationError(f"{told['__type']}: {told['message']}")


_TARGETS: Mapping[str, tuple[str, Callable[[str, str], None]]] = {
    "lambda": ("lambda:InvokeFunction", _invoke_function),
    "states": ("states:StartExecution", _start_execution),
}
"""By a target's service: the right that a call takes, and the call."""


def _require_known(properties: Properties) -> None:
    """Let a stack fail with a schedule that would mean something else on AWS."""
    if unknown := properties.keys() - KNOWN:
        raise ValueError(
            f"the embedded AWS does not know the schedule settings {sorted(unknown)}"
        )
    now = datetime.now(UTC)
    next_time(
        properties["ScheduleExpression"],
        time_zone=_zone(properties),
        created=now,
        since=now,
    )


def _complete(name: str, properties: Properties, **further: float) -> None:
    """Add what MiniStack leaves out of its record."""
    group = properties.get("GroupName", "default")
    scheduler._schedules[f"{group}/{name}"].update(
        ScheduleExpressionTimezone=_zone(properties), **further
    )


def _zone(properties: Properties) -> str:
    return str(properties.get("ScheduleExpressionTimezone", "UTC"))
