"""Schedules come due by local time, and call their targets with their roles."""

import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from rehearsal.embedded.schedule_times import next_time
from rehearsal.embedded.schedules import due
from rehearsal.process import ACCOUNT, EmbeddedAws
from tests.rehearsal.clients import Client
from tests.rehearsal.waiting import wait_until

New = Callable[..., str]

GROUP = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default"
MONTH_END = datetime(2030, 1, 31, 2, 30, tzinfo=UTC)
HALF_PAST_TWO = "cron(30 2 * * ? *)"
DATED = '{"scheduled": "<aws.scheduler.scheduled-time>"}'


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("since", "at"),
    [
        ("2030-01-01T00:00:00", "2030-01-01T12:00:10"),
        ("2030-01-01T12:00:10", "2030-01-01T12:00:10"),
        ("2030-01-01T12:00:11", "2030-01-01T12:10:10"),
        ("2030-01-01T12:10:10", "2030-01-01T12:10:10"),
        ("2030-01-02T00:05:00", "2030-01-02T00:10:10"),
    ],
)
def test_a_rate_begins_when_its_schedule_is_created(since: str, at: str) -> None:
    created = utc("2030-01-01T12:00:10")
    found = next_time(
        "rate(10 minutes)", time_zone="UTC", created=created, since=utc(since)
    )
    assert found == utc(at)


@pytest.mark.parametrize(
    ("expression", "zone", "since", "at"),
    [
        (HALF_PAST_TWO, "UTC", "2030-01-01T02:30:00", "2030-01-01T02:30:00"),
        (HALF_PAST_TWO, "UTC", "2030-01-01T02:30:01", "2030-01-02T02:30:00"),
        (HALF_PAST_TWO, "Asia/Kolkata", "2030-01-01T00:00:00", "2030-01-01T21:00:00"),
        (
            "cron(0 8 * * ? *)",
            "America/Lima",
            "2030-01-01T12:00:00",
            "2030-01-01T13:00:00",
        ),
        ("cron(0 6 L * ? *)", "UTC", "2030-02-01T00:00:00", "2030-02-28T06:00:00"),
        # Clocks go forward over it, on 31 March 2030 and 10 March 2030.
        (HALF_PAST_TWO, "Europe/Berlin", "2030-03-30T12:00:00", "2030-04-01T00:30:00"),
        (
            HALF_PAST_TWO,
            "America/New_York",
            "2030-03-09T12:00:00",
            "2030-03-11T06:30:00",
        ),
        # Clocks go back over it on 27 October 2030: it comes twice, and counts once.
        (HALF_PAST_TWO, "Europe/Berlin", "2030-10-26T12:00:00", "2030-10-27T00:30:00"),
        (HALF_PAST_TWO, "Europe/Berlin", "2030-10-27T00:30:01", "2030-10-28T01:30:00"),
        (HALF_PAST_TWO, "Europe/Berlin", "2030-10-27T01:10:00", "2030-10-28T01:30:00"),
        (
            "cron(0/30 * * * ? *)",
            "Europe/Berlin",
            "2030-10-27T01:00:00",
            "2030-10-27T02:00:00",
        ),
    ],
)
def test_a_cron_expression_means_local_time(
    expression: str, zone: str, since: str, at: str
) -> None:
    created = utc("2029-01-01T00:00:00")
    found = next_time(expression, time_zone=zone, created=created, since=utc(since))
    assert found == utc(at)


def test_a_schedule_may_never_come_due_again() -> None:
    now = utc("2030-01-01T00:00:00")
    assert (
        next_time("cron(0 0 1 1 ? 2029)", time_zone="UTC", created=now, since=now)
        is None
    )


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("at(2030-01-01T00:00:00)", "UTC"),
        ("cron(30 2 * * *)", "UTC"),
        ("rate(0 minutes)", "UTC"),
        (HALF_PAST_TWO, "Europe/Nowhere"),
    ],
)
def test_what_means_nothing_is_refused(expression: str, zone: str) -> None:
    now = utc("2030-01-01T00:00:00")
    with pytest.raises(ValueError, match=r"there is no time zone|does not know"):
        next_time(expression, time_zone=zone, created=now, since=now)


def record(**changes: Any) -> dict[str, Any]:
    created = utc("2030-01-01T00:00:00").timestamp()
    return {
        "State": "ENABLED",
        "ScheduleExpression": HALF_PAST_TWO,
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "CreationDate": created,
        "LastModificationDate": created,
        **changes,
    }


def test_each_time_is_due_in_one_look() -> None:
    before, at, after = (
        utc(f"2030-01-02T01:{each}") for each in ("29:50", "30:00", "30:10")
    )
    assert due(record(), before, at) is None
    assert due(record(), before, after) == at
    assert due(record(), at, after) == at
    assert due(record(), after, after + timedelta(hours=1)) is None


def test_what_is_disabled_is_never_due() -> None:
    whole_day = (utc("2030-01-02T00:00:00"), utc("2030-01-03T00:00:00"))
    assert due(record(), *whole_day) is not None
    assert due(record(State="DISABLED"), *whole_day) is None


def test_what_was_due_before_a_change_is_past() -> None:
    looks = (utc("2030-01-02T01:29:50"), utc("2030-01-02T01:30:10"))
    changed = utc("2030-01-02T01:30:05").timestamp()
    assert due(record(LastModificationDate=changed), *looks) is None


def allow(action: str, target: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": target}


@pytest.fixture
def machine(new_machine: New, new_service_role: New) -> str:
    nothing = {"It": {"Type": "Pass", "End": True}}
    return new_machine(new_service_role("states"), nothing)


@pytest.fixture
def new_schedule(client: Client) -> New:
    """Make a schedule that nobody waits for; its name."""

    def make(
        target: str,
        role: str,
        content: str = "{}",
        expression: str = "cron(0 0 1 1 ? 2199)",
        **settings: Any,
    ) -> str:
        name = f"schedule-{uuid4().hex[:8]}"
        client("scheduler").create_schedule(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": target, "RoleArn": role, "Input": content},
            **settings,
        )
        return name

    return make


@pytest.fixture
def inputs(client: Client) -> Callable[[str], list[Any]]:
    """What the executions of a machine were given."""
    api = client("stepfunctions")

    def given(machine: str) -> list[Any]:
        found = api.list_executions(stateMachineArn=machine)["executions"]
        arns = [each["executionArn"] for each in found]
        return [
            json.loads(api.describe_execution(executionArn=arn)["input"])
            for arn in arns
        ]

    return given


@pytest.fixture
def heard(client: Client) -> Callable[[str], list[Any]]:
    """What a function that says what it hears was given."""

    def given(function: str) -> list[Any]:
        group = f"/aws/lambda/{function.rpartition(':')[2]}"
        logs = client("logs")
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if not groups:
            return []
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [
            json.loads(each["message"].partition("HEARD ")[2])
            for each in events
            if "HEARD " in each["message"]
        ]

    return given


TELLING = 'import json\ndef handler(event, _): print("HEARD " + json.dumps(event))'


def test_a_machine_is_started_with_the_attributes_of_the_call(
    aws: EmbeddedAws,
    new_service_role: New,
    new_schedule: New,
    machine: str,
    inputs: Callable[[str], list[Any]],
) -> None:
    role = new_service_role(
        "scheduler",
        allow("states:StartExecution", machine),
        StringEquals={"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GROUP},
    )
    content = {
        "at": "<aws.scheduler.scheduled-time>",
        "of": "<aws.scheduler.schedule-arn>",
        "id": "<aws.scheduler.execution-id>",
        "attempt": "<aws.scheduler.attempt-number>",
        "other": "<aws.scheduler.none>",
    }
    name = new_schedule(machine, role, json.dumps(content))
    aws.fire(name, datetime.fromisoformat("2030-01-31T03:30:00+01:00"))
    (given,) = inputs(machine)
    assert len(given.pop("id")) == 16
    assert given == {
        "at": "2030-01-31T02:30:00Z",
        "of": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/{name}",
        "attempt": "1",
        "other": "<aws.scheduler.none>",
    }


@pytest.mark.slow
def test_a_function_is_called(
    aws: EmbeddedAws,
    new_service_role: New,
    new_schedule: New,
    new_function: Callable[[str], str],
    heard: Callable[[str], list[Any]],
) -> None:
    function = new_function(TELLING)
    role = new_service_role("scheduler", allow("lambda:InvokeFunction", function))
    aws.fire(new_schedule(function, role, DATED), MONTH_END)
    wait_until(lambda: heard(function) == [{"scheduled": "2030-01-31T02:30:00Z"}])


def test_without_the_right_no_machine_is_started(
    aws: EmbeddedAws,
    new_service_role: New,
    new_schedule: New,
    machine: str,
    inputs: Callable[[str], list[Any]],
) -> None:
    role = new_service_role(
        "scheduler",
        allow("states:StartExecution", f"{machine}-other"),
        allow("lambda:InvokeFunction", "*"),
    )
    name = new_schedule(machine, role)
    session = f"{role.rpartition('/')[2]}/{name}"
    with pytest.raises(RuntimeError) as refused:
        aws.fire(name, MONTH_END)
    assert str(refused.value).startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{session} is not authorized to "
        "perform: states:StartExecution"
    )
    assert inputs(machine) == []


def test_without_the_right_no_function_is_called(
    aws: EmbeddedAws,
    new_service_role: New,
    new_schedule: New,
    new_function: Callable[[str], str],
) -> None:
    function = new_function(TELLING)
    role = new_service_role(
        "scheduler",
        allow("lambda:InvokeFunction", f"{function}-other"),
        allow("states:StartExecution", "*"),
    )
    with pytest.raises(RuntimeError, match="lambda:InvokeFunction on resource"):
        aws.fire(new_schedule(function, role), MONTH_END)


@pytest.mark.parametrize(
    ("service", "conditions"),
    [
        ("events", {}),
        ("scheduler", {"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        ("scheduler", {"ArnLike": {"aws:SourceArn": f"{GROUP}-other"}}),
    ],
)
def test_without_its_roles_trust_nothing_is_called(
    aws: EmbeddedAws,
    new_service_role: New,
    new_schedule: New,
    machine: str,
    inputs: Callable[[str], list[Any]],
    service: str,
    conditions: dict[str, Any],
) -> None:
    right = allow("states:StartExecution", machine)
    name = new_schedule(machine, new_service_role(service, right, **conditions))
    with pytest.raises(RuntimeError, match="must allow AWS EventBridge Scheduler"):
        aws.fire(name, MONTH_END)
    assert inputs(machine) == []


def test_what_a_target_answers_is_not_lost(
    aws: EmbeddedAws, new_service_role: New, new_schedule: New
) -> None:
    role = new_service_role(
        "scheduler",
        allow("states:StartExecution", "*"),
        allow("lambda:InvokeFunction", "*"),
    )
    for service, resource, answer in (
        ("states", "stateMachine:none", "StateMachineDoesNotExist"),
        ("lambda", "function:none", "Function not found"),
        ("sqs", "none", "calls no target such as"),
    ):
        target = f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"
        with pytest.raises(RuntimeError, match=answer):
            aws.fire(new_schedule(target, role), MONTH_END)


def test_an_input_is_json(
    aws: EmbeddedAws, new_service_role: New, new_schedule: New, machine: str
) -> None:
    role = new_service_role("scheduler", allow("states:StartExecution", machine))
    with pytest.raises(RuntimeError, match="well-formed JSON"):
        aws.fire(new_schedule(machine, role, "{"), MONTH_END)


def test_only_what_is_there_and_enabled_is_fired(
    aws: EmbeddedAws, new_service_role: New, new_schedule: New, machine: str
) -> None:
    with pytest.raises(LookupError, match="there is no schedule of-nobody"):
        aws.fire("of-nobody", MONTH_END)
    role = new_service_role("scheduler", allow("states:StartExecution", machine))
    name = new_schedule(machine, role, State="DISABLED")
    with pytest.raises(RuntimeError, match="is disabled"):
        aws.fire(name, MONTH_END)


def test_orders_are_not_taken_through_an_endpoint(
    aws: EmbeddedAws,
    client: Client,
    new_service_role: New,
    new_schedule: New,
    machine: str,
    inputs: Callable[[str], list[Any]],
) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.21.0.0/24")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway"
    )["VpcEndpoint"]["VpcEndpointId"]
    role = new_service_role("scheduler", allow("states:StartExecution", machine))
    order = {
        "schedule": new_schedule(machine, role),
        "scheduled": MONTH_END.isoformat(),
    }
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])
    url = f"{aws.through(endpoint)}/_rehearsal/schedules"
    request = Request(url, data=json.dumps(order).encode(), method="POST")
    with pytest.raises(HTTPError) as refused:
        urlopen(request, context=trust)
    refused.value.close()
    assert inputs(machine) == []


def schedule(**properties: Any) -> dict[str, Any]:
    return {
        "It": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": HALF_PAST_TWO,
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {
                    "Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none",
                    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/none",
                },
                **properties,
            },
        }
    }


def test_a_template_says_the_time_zone(
    client: Client, deploy: Callable[..., Any]
) -> None:
    name = f"stack-{uuid4().hex[:8]}"

    def zone(**properties: Any) -> str:
        stack = deploy(name, schedule(**properties))
        found = client("scheduler").get_schedule(Name=stack.resource("It"))
        return str(found["ScheduleExpressionTimezone"])

    assert zone(ScheduleExpressionTimezone="Europe/Berlin") == "Europe/Berlin"
    assert zone(ScheduleExpressionTimezone="Asia/Kolkata") == "Asia/Kolkata"
    assert zone() == "UTC"


def test_an_update_is_a_change(client: Client, deploy: Callable[..., Any]) -> None:
    name = f"stack-{uuid4().hex[:8]}"

    def dates(**properties: Any) -> tuple[datetime, datetime]:
        stack = deploy(name, schedule(**properties))
        found = client("scheduler").get_schedule(Name=stack.resource("It"))
        return found["CreationDate"], found["LastModificationDate"]

    created, changed = dates()
    assert created == changed
    assert dates(Description="another")[1] > created


@pytest.mark.parametrize(
    "properties",
    [
        {"StartDate": "2030-01-01T00:00:00Z"},
        {"ScheduleExpression": "cron(30 2 * * *)"},
        {"ScheduleExpressionTimezone": "Europe/Nowhere"},
    ],
)
def test_a_template_that_means_nothing_here_fails(
    deploy: Callable[..., Any], properties: dict[str, Any]
) -> None:
    names = [f"stack-{uuid4().hex[:8]}" for _ in range(2)]
    assert deploy(names[0], schedule(**properties)).status == "ROLLBACK_COMPLETE"
    assert deploy(names[1], schedule()).status == "CREATE_COMPLETE"
    updated = deploy(names[1], schedule(**properties))
    assert updated.status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.slow
def test_the_clock_calls_what_is_due_and_tells_of_what_it_may_not(
    aws: EmbeddedAws,
    client: Client,
    deploy: Callable[..., Any],
    new_service_role: New,
    new_schedule: New,
    machine: str,
    inputs: Callable[[str], list[Any]],
) -> None:
    daily = "rate(1 day)"
    refused = new_schedule(machine, new_service_role("scheduler"), expression=daily)
    role = new_service_role("scheduler", allow("states:StartExecution", machine))
    target = {"Arn": machine, "RoleArn": role, "Input": DATED}
    stack = deploy(
        f"stack-{uuid4().hex[:8]}", schedule(ScheduleExpression=daily, Target=target)
    )
    wait_until(lambda: bool(inputs(machine)), seconds=30)
    found = client("scheduler").get_schedule(Name=stack.resource("It"))
    created = found["CreationDate"].astimezone(UTC)
    assert inputs(machine) == [{"scheduled": f"{created:%Y-%m-%dT%H:%M:%SZ}"}]
    assert f"schedule/default/{refused} failed to invoke its target" in aws.log()
