"""What custom resources are sent, through failures and roll-backs."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.slow

ANSWERING = '''
import json, os, urllib.request

def handler(event, context):
    """Say what was received, and answer what the properties tell it to."""
    seen = {"type": event["RequestType"], "id": event.get("PhysicalResourceId"),
            "properties": event["ResourceProperties"]}
    print("SEEN " + json.dumps(seen))
    print("ANSWER " + event["ResponseURL"])
    properties = event["ResourceProperties"]
    if properties.get("Silent") == event["RequestType"]:
        return
    failing = event["RequestType"] in properties.get("Fails", [])
    named = properties.get("Name") or event.get("PhysicalResourceId") or "thing"
    if event["RequestType"] == "Delete":
        named = event["PhysicalResourceId"]
    answer = {
        "Status": "FAILED" if failing else "SUCCESS",
        "Reason": "told to fail",
        "PhysicalResourceId": named,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT",
        headers={"Content-Type": ""})
    urllib.request.urlopen(request).close()
'''

BROKEN = {
    "Type": "AWS::EC2::SecurityGroupEgress",
    "DependsOn": "Thing",
    "Properties": {"GroupId": "sg-none", "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
}


class Rehearsed:
    """A stack with one custom resource, and what its provider has seen."""

    def __init__(self, client: Callable[..., Any], deploy: Callable[..., Any]) -> None:
        self.name = f"stack-{uuid4().hex[:8]}"
        self._logs = client("logs")
        self._deploy = deploy
        self._read = 0

    def deploy(
        self, *, broken: bool = False, absent: bool = False, **properties: Any
    ) -> Any:
        resources: dict[str, Any] = {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": self.name,
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"Service": "lambda.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    },
                },
            },
            "Provider": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": self.name,
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": ANSWERING},
                },
            },
        }
        if not absent:
            resources["Thing"] = {
                "Type": "Custom::Thing",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]},
                    **properties,
                },
            }
        if broken:
            resources["Broken"] = BROKEN
        return self._deploy(self.name, resources)

    def log(self) -> str:
        events = self._logs.filter_log_events(logGroupName=f"/aws/lambda/{self.name}")
        return "\n".join(each["message"] for each in events["events"])

    def seen(self) -> list[tuple[str, str | None]]:
        """Request types and physical ids since the last look."""
        lines = [
            json.loads(line.partition("SEEN ")[2])
            for line in self.log().splitlines()
            if "SEEN " in line
        ]
        fresh, self._read = lines[self._read :], len(lines)
        return [(each["type"], each["id"]) for each in fresh]


@pytest.fixture
def stack(client: Callable[..., Any], deploy: Callable[..., Any]) -> Rehearsed:
    return Rehearsed(client, deploy)


def test_a_life_is_create_update_replace_and_delete(stack: Rehearsed) -> None:
    life = stack.deploy(Name="one", Version=1)
    life = stack.deploy(Name="one", Version=2)
    assert stack.seen() == [("Create", None), ("Update", "one")]
    life = stack.deploy(Name="two", Version=3)
    assert life.status == "UPDATE_COMPLETE"
    assert life.resource("Thing") == "two"
    assert stack.seen() == [("Update", "one"), ("Delete", "one")]
    assert life.delete().status == "DELETE_COMPLETE"
    assert stack.seen() == [("Delete", "two")]


def test_a_failed_create_is_deleted_by_the_id_it_answered(stack: Rehearsed) -> None:
    life = stack.deploy(Name="half-made", Fails=["Create"])
    assert life.status == "ROLLBACK_COMPLETE"
    assert "told to fail" in life.reason("Thing")
    assert stack.seen() == [("Create", None), ("Delete", "half-made")]


def test_a_failed_create_within_an_update_is_deleted_too(stack: Rehearsed) -> None:
    stack.deploy(absent=True)
    life = stack.deploy(Name="half-made", Fails=["Create"])
    assert life.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.seen() == [("Create", None), ("Delete", "half-made")]


def test_a_create_that_never_answers_is_deleted_by_a_generated_id(
    stack: Rehearsed,
) -> None:
    life = stack.deploy(Silent="Create", ServiceTimeout=1)
    assert life.status == "ROLLBACK_COMPLETE"
    created, (kind, generated) = stack.seen()
    assert created == ("Create", None)
    assert kind == "Delete"
    assert str(generated).startswith(f"{stack.name}-Thing-")


def test_a_resource_that_did_not_change_is_left_alone(stack: Rehearsed) -> None:
    stack.deploy(Name="first")
    life = stack.deploy(Name="first", broken=True)
    assert life.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.seen() == [("Create", None)]


def test_a_failed_update_is_updated_back(stack: Rehearsed) -> None:
    stack.deploy(Name="kept", Version=1)
    life = stack.deploy(Name="kept", Version=2, Fails=["Update"])
    assert life.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.seen() == [("Create", None), ("Update", "kept"), ("Update", "kept")]


def test_a_replacement_is_updated_back_and_then_deleted(stack: Rehearsed) -> None:
    stack.deploy(Name="old")
    life = stack.deploy(Name="new", broken=True)
    assert life.status == "UPDATE_ROLLBACK_COMPLETE"
    assert life.resource("Thing") == "old"
    assert stack.seen() == [
        ("Create", None),
        ("Update", "old"),
        ("Update", "new"),
        ("Delete", "new"),
    ]


def test_a_failed_delete_keeps_its_provider_so_that_it_can_be_tried_again(
    stack: Rehearsed, client: Callable[..., Any]
) -> None:
    life = stack.deploy(Name="sticky", Fails=["Delete"])
    assert life.delete().status == "DELETE_FAILED"
    assert client("lambda").get_function(FunctionName=stack.name)
    assert client("iam").get_role(RoleName=stack.name)
    assert "told to fail" in life.reason("Thing")


def test_scalars_arrive_as_text(stack: Rehearsed) -> None:
    stack.deploy(Flag=True, Number=3, Nested={"List": [1, False]})
    assert '"Flag": "true", "Number": "3", "Nested": {"List": ["1", "false"]}' in (
        stack.log()
    )


def test_what_signs_the_answer_stands_in_the_query_which_log_redaction_drops(
    stack: Rehearsed,
) -> None:
    stack.deploy()
    (url,) = {
        line.partition("ANSWER ")[2]
        for line in stack.log().splitlines()
        if "ANSWER " in line
    }
    assert url.partition("?")[0].endswith("/_rehearsal/answers")
    assert url.partition("?")[2].startswith("signature=")
