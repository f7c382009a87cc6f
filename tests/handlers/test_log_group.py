from typing import Any

import pytest

from chaos.errors import refused
from chaos.log_groups import LogGroups
from chaos.world import World
from private_transform.handlers.lifecycle import LauncherError

NAME, KEY = "/aws/sagemaker/TransformJobs", "arn:aws:kms:us-east-1:1:key/ours"
OTHER = "arn:aws:kms:us-east-1:1:key/theirs"


def ask(world: World, kind: str, *, release: str = "false") -> dict[str, Any]:
    event = {
        "RequestType": kind,
        "RequestId": "r",
        "StackId": "arn:aws:cloudformation:us-east-1:1:stack/dev-operations/1",
        "LogicalResourceId": "JobLogs",
        "ResourceType": "Custom::JobLogGroup",
        "ResponseURL": "https://s3.example/",
        "ResourceProperties": {
            "LogGroupName": NAME,
            "KeyArn": KEY,
            "RetentionInDays": "30",
            "ReleaseKey": release,
        },
    }
    launcher = world.framework.launcher
    return launcher.go_on({**event, **launcher.begin(event)})


@pytest.fixture
def groups(world: World) -> LogGroups:
    return world.log_groups


def test_a_missing_group_is_made_with_key_and_retention(
    world: World, groups: LogGroups
) -> None:
    answer = ask(world, "Create")

    assert answer["Data"]["KeyArn"] == KEY
    assert groups.groups == {NAME: {"kmsKeyId": KEY, "retentionInDays": 30}}


def test_a_group_without_a_key_gets_ours(world: World, groups: LogGroups) -> None:
    groups.groups[NAME] = {}

    assert ask(world, "Create")["Data"]["KeyArn"] == KEY
    assert groups.groups[NAME] == {"kmsKeyId": KEY, "retentionInDays": 30}


def test_our_group_gets_a_changed_retention(world: World, groups: LogGroups) -> None:
    groups.groups[NAME] = {"kmsKeyId": KEY, "retentionInDays": 7}

    assert ask(world, "Update")["Data"]["KeyArn"] == KEY
    assert groups.groups[NAME]["retentionInDays"] == 30


def test_a_group_with_another_key_is_left_as_it_is_and_said_so(
    world: World, groups: LogGroups
) -> None:
    groups.groups[NAME] = {"kmsKeyId": OTHER}

    data = ask(world, "Create")["Data"]

    assert data["KeyArn"] == OTHER
    assert data["Note"] == f"{NAME} carries another key and was left as it is"
    assert groups.groups[NAME] == {"kmsKeyId": OTHER}


def test_a_group_of_a_longer_name_is_not_taken_for_ours(
    world: World, groups: LogGroups
) -> None:
    groups.groups[f"{NAME}-copy"] = {"kmsKeyId": OTHER}

    assert ask(world, "Create")["Data"]["KeyArn"] == KEY


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        ("true", {"kmsKeyId": KEY}, {}),
        ("false", {"kmsKeyId": KEY}, {"kmsKeyId": KEY}),
        ("true", {"kmsKeyId": OTHER}, {"kmsKeyId": OTHER}),
        ("true", {}, {}),
    ],
)
def test_removal_keeps_the_group_and_takes_only_our_key_off(
    world: World,
    groups: LogGroups,
    release: str,
    before: dict[str, str],
    after: dict[str, str],
) -> None:
    groups.groups[NAME] = dict(before)

    assert ask(world, "Delete", release=release)["IsComplete"] is True
    assert groups.groups == {NAME: after}


def test_removal_without_a_group_succeeds(world: World) -> None:
    assert ask(world, "Delete", release="true")["IsComplete"] is True


def test_throttling_is_waited_for(world: World, groups: LogGroups) -> None:
    def throttle(**request: Any) -> dict[str, Any]:
        raise refused("ThrottlingException", "Rate exceeded")

    groups.create_log_group = throttle  # type: ignore[method-assign]  # the fault

    assert ask(world, "Create") == {"IsComplete": False}


def test_a_refusal_is_told_in_aws_words(world: World, groups: LogGroups) -> None:
    def refuse(**request: Any) -> dict[str, Any]:
        raise refused("AccessDeniedException", "not allowed to use the key")

    groups.create_log_group = refuse  # type: ignore[method-assign]  # the fault

    with pytest.raises(LauncherError, match="not allowed to use the key"):
        ask(world, "Create")
