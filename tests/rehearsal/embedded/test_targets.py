"""Rules reach state machines with their role, and say which version came."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from rehearsal.process import ACCOUNT
from tests.rehearsal.waiting import stays, wait_until

New = Callable[..., str]
NOTHING = {"Type": "Pass", "End": True}
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


@pytest.fixture
def upload(
    client: Callable[..., Any], new_bucket: New, new_machine: New, new_service_role: New
) -> Callable[..., tuple[dict[str, Any], Callable[[], list[Any]]]]:
    """Put an object of which a rule tells a machine, with this role for its target.

    Answers what S3 said of the object, and what the machine's executions were given.
    """

    def put(role: Callable[[str], str]) -> Any:
        s3, events, states = map(client, ("s3", "events", "stepfunctions"))
        machine = new_machine(new_service_role("states"), {"End": NOTHING})
        bucket, name = new_bucket(), f"rule-{uuid4().hex[:8]}"
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={"EventBridgeConfiguration": {}},
        )
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        transformer = {
            "InputPathsMap": {"version": "$.detail.object.version-id"},
            "InputTemplate": '{"version": <version>}',
        }
        target = {
            "Id": "1",
            "Arn": machine,
            "RoleArn": role(machine),
            "InputTransformer": transformer,
        }
        events.put_targets(Rule=name, Targets=[target])
        answer = s3.put_object(Bucket=bucket, Key="a", Body=b"1")

        def given() -> list[Any]:
            found = states.list_executions(stateMachineArn=machine)["executions"]
            return [
                json.loads(
                    states.describe_execution(executionArn=each["executionArn"])[
                        "input"
                    ]
                )
                for each in found
            ]

        return answer, given

    return put


def may_start(machine: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "states:StartExecution",
        "Resource": machine,
    }


@pytest.mark.slow
def test_a_rule_starts_what_its_role_may_start(
    upload: Any, new_service_role: New
) -> None:
    answer, given = upload(
        lambda machine: new_service_role("events", may_start(machine), **OURS)
    )

    wait_until(lambda: bool(given()))
    assert given() == [{"version": answer["VersionId"]}]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["no right", "another machine", "another account"])
def test_a_rule_starts_nothing_else(
    upload: Any, new_service_role: New, fault: str
) -> None:
    def role(machine: str) -> str:
        if fault == "no right":
            return new_service_role("events", **OURS)
        if fault == "another machine":
            return new_service_role("events", may_start(f"{machine}-2"), **OURS)
        elsewhere = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
        return new_service_role("events", may_start(machine), **elsewhere)

    _, given = upload(role)

    stays(lambda: given() == [], seconds=3)
