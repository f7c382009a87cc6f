from typing import Any

import pytest

from chaos.errors import refused
from chaos.log_groups import LogGroups
from chaos.world import World
from private_transform.handlers.lifecycle import LauncherError

NAME, KEY = "/aws/sagemaker/TransformJobs", "arn:aws:kms:us-east-1:1:key/ours"
OTHER = "arn:aws:kms:us-east-1:1:key/theirs"
TAGS = {"private-transform:environment": "dev"}
OURS = "encrypted with the environment's key, kept for 30 days"
THERE_BEFORE = (
    "encrypted with the environment's key; the group was there before, so its "
    "retention was left as it is"
)


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
            "Tags": TAGS,
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

    assert answer["Data"] == {"Note": OURS}
    assert groups.groups == {NAME: {"kmsKeyId": KEY, "retentionInDays": 30}}


@pytest.mark.parametrize("retention", [{}, {"retentionInDays": 3653}])
def test_a_group_that_was_there_gets_our_key_and_keeps_its_retention(
    world: World, groups: LogGroups, retention: dict[str, int]
) -> None:
    groups.groups[NAME] = dict(retention)

    assert ask(world, "Create")["Data"] == {"Note": THERE_BEFORE}
    assert groups.groups[NAME] == {"kmsKeyId": KEY, **retention}


def test_a_group_that_another_environment_made_keeps_its_retention(
    world: World, groups: LogGroups
) -> None:
    groups.groups[NAME] = {"retentionInDays": 3653}
    groups.tags[NAME] = {"private-transform:environment": "other"}

    assert ask(world, "Create")["Data"] == {"Note": THERE_BEFORE}
    assert groups.groups[NAME] == {"kmsKeyId": KEY, "retentionInDays": 3653}


def test_a_group_that_we_made_gets_a_changed_retention(
    world: World, groups: LogGroups
) -> None:
    groups.groups[NAME] = {"kmsKeyId": KEY, "retentionInDays": 7}
    groups.tags[NAME] = {**TAGS, "team": "vision"}

    assert ask(world, "Update")["Data"] == {"Note": OURS}
    assert groups.groups[NAME]["retentionInDays"] == 30


def test_a_group_that_cannot_be_seen_yet_is_waited_for(
    world: World, groups: LogGroups
) -> None:
    groups.describe_log_groups = lambda **_: {"logGroups": []}  # type: ignore[method-assign]  # the fault

    assert ask(world, "Create") == {"IsComplete": False}


def test_a_group_with_another_key_is_left_as_it_is_and_said_so(
    world: World, groups: LogGroups
) -> None:
    groups.groups[NAME] = {"kmsKeyId": OTHER}

    note = ask(world, "Create")["Data"]["Note"]

    assert note.startswith(f"{NAME} carries another key and was left as it is.")
    assert note.endswith(
        f"aws logs associate-kms-key --log-group-name {NAME} --kms-key-id {KEY}"
    )
    assert groups.groups[NAME] == {"kmsKeyId": OTHER}


def test_a_group_of_a_longer_name_is_not_taken_for_ours(
    world: World, groups: LogGroups
) -> None:
    groups.groups[f"{NAME}-copy"] = {"kmsKeyId": OTHER}

    assert ask(world, "Create")["Data"] == {"Note": OURS}
    assert groups.groups[f"{NAME}-copy"] == {"kmsKeyId": OTHER}


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
