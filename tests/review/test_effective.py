"""What everybody can really do: each edit of a policy, and what is told of it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from review.assembly import Assembly
from review.change import Change
from review.effective import effective
from review.effective.effective import (
    NOT_AT_ALL,
    UNUSABLE,
    EffectiveAccess,
    effective_access,
)
from review.effective.principals import ANYBODY_ELSE
from review.proof.patience import UndecidedError
from review.scene import scene_of
from tests.lock.mutants import action, drop, no_action, put, value, without
from tests.review.conftest import Bases
from tests.review.draft import (
    OPERATIONS,
    Draft,
    Edit,
    all_of,
    declare,
    no_prop,
    policy,
    prop,
    statement,
)
from tests.review.matrix import ARN, LOCK, ROLES

Asked = tuple[str, str, str]
Fates = Mapping[Asked, tuple[str, str]]

JOB, LAUNCHER = "ExecutionRole", "LauncherOnEventRole"
READER, GLASS = f"{ROLES}/rehearsal-reader", f"{ROLES}/rehearsal-break-glass"
ROOT = "arn:aws:iam::123456789012:root"
EVERY_WAY = "through a service and directly"
INPUTS = "arn:aws:s3:::rehearsal-foundation-inputsf7c892a7-*"
JOB_ARN = f"{ROLES}/private-transform/rehearsal-us-east-1/execution/job"
NAMED = prop(JOB, "RoleName", "job", part="faces")
"""Without it AWS makes the name up, and no policy can spell it."""


def table(bases: Bases, edit: Edit, base: str = "rehearsal") -> list[EffectiveAccess]:
    draft = Draft(bases.assemblies[base])
    edit(draft)
    return rows(bases.assemblies[base], draft.assembly())


def rows(before: Assembly | None, after: Assembly) -> list[EffectiveAccess]:
    old = None if before is None else scene_of(before)
    return effective_access(Change(before=old, after=scene_of(after)))


def fates(found: list[EffectiveAccess]) -> Fates:
    """Before and after of everybody, by their names without stack and digest."""
    told = {
        (short(who), row.resource, what): (row.before, row.after)
        for row in found
        for who in row.principals
        for what in row.actions
    }
    assert len(told) == sum(len(row.principals) * len(row.actions) for row in found)
    return told


def short(who: str) -> str:
    return re.sub(r"^[\w-]+/(\w+)[0-9A-F]{8}$", r"\1", who)


def of_job(**elements: Any) -> Edit:
    return statement(JOB, "faces", Effect="Allow", **elements)


def at_control(who: str) -> Edit:
    return statement(
        "ControlPolicy",
        Effect="Allow",
        Principal={"AWS": who},
        Action="s3:DeleteObject",
        Resource="*",
    )


ALL_OF_IT: Mapping[str, tuple[Edit, Fates]] = {
    "the endpoint lets no job write": (
        policy("NetworkEndpoint", no_action("JobsWriteOutputs", "s3:PutObject")),
        {(JOB, "outputs bucket", "s3:PutObject"): ("inside", UNUSABLE)},
    ),
    "a job may delete, which no endpoint lets through": (
        of_job(Action="s3:DeleteObject", Resource=f"{INPUTS}/*"),
        {(JOB, "inputs bucket", "s3:DeleteObject"): (NOT_AT_ALL, UNUSABLE)},
    ),
    "a job may delete, and the endpoint lets it": (
        all_of(
            of_job(Action="s3:DeleteObject", Resource="*"),
            policy("NetworkEndpoint", action("JobsWriteOutputs", "s3:DeleteObject")),
        ),
        {
            (JOB, "outputs bucket", "s3:DeleteObject"): (NOT_AT_ALL, "inside"),
            (JOB, "inputs bucket", "s3:DeleteObject"): (NOT_AT_ALL, UNUSABLE),
            (JOB, "models bucket", "s3:DeleteObject"): (NOT_AT_ALL, UNUSABLE),
            (JOB, "control bucket", "s3:DeleteObject"): (NOT_AT_ALL, "outside"),
            (JOB, "logs bucket", "s3:DeleteObject"): (NOT_AT_ALL, "outside"),
        },
    ),
    "a job may do what it denies itself": (
        all_of(
            of_job(Action="s3:DeleteObject", Resource="*"),
            statement(JOB, "faces", Effect="Deny", Action="s3:D*", Resource="*"),
        ),
        {},
    ),
    "the control bucket's policy names a job": (
        all_of(NAMED, at_control(JOB_ARN)),
        {(JOB, "control bucket", "s3:DeleteObject"): (NOT_AT_ALL, "outside")},
    ),
    "the control bucket's policy names a job that denies itself": (
        all_of(
            NAMED,
            at_control(JOB_ARN),
            statement(JOB, "faces", Effect="Deny", Action="s3:D*", Resource="*"),
        ),
        {},
    ),
    "the control bucket's policy leaves it to the account": (at_control(ROOT), {}),
    "the key no longer serves jobs": (
        policy("Key", drop("JobsUseTheKey")),
        {
            (JOB, "key", f"kms:{verb}"): (EVERY_WAY, becomes)
            for verb, becomes in {
                "Decrypt": "through a service",
                "Encrypt": UNUSABLE,
                "GenerateDataKey": "through a service",
                "GenerateDataKeyWithoutPlaintext": UNUSABLE,
                "ReEncryptFrom": UNUSABLE,
                "ReEncryptTo": UNUSABLE,
            }.items()
        },
    ),
    "contents may be encrypted with another key": (
        policy("InputsLock", drop("OnlyKmsEncryption"), drop("KmsOnlyWithOurKey")),
        {
            (who, "inputs bucket", "s3:PutObject"): (NOT_AT_ALL, "inside")
            for who in (
                ANYBODY_ELSE,
                ROOT,
                f"{ROLES}/cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1",
                f"{ROLES}/rehearsal-key-administrator",
            )
        },
    ),
    "nothing but a name changes": (
        policy("InputsLock", put(LOCK, "Sid", "Another")),
        {},
    ),
}
"""Edits, and everything that they change."""

SOME_OF_IT: Mapping[str, tuple[Edit, Fates]] = {
    "the lock is gone": (
        policy("InputsLock", drop(LOCK)),
        {
            (JOB, "inputs bucket", "s3:GetObject"): ("inside", "inside and outside"),
            (ANYBODY_ELSE, "inputs bucket", "s3:DeleteObject"): (NOT_AT_ALL, "outside"),
        },
    ),
    "the key serves S3 no longer": (
        policy("Key", drop("JobsUseTheKey"), drop("DataThroughS3")),
        {
            (JOB, "inputs bucket", "s3:GetObject"): ("inside", UNUSABLE),
            (JOB, "outputs bucket", "s3:PutObject"): ("inside", UNUSABLE),
            (READER, "outputs bucket", "s3:GetObject"): ("inside", NOT_AT_ALL),
        },
    ),
    "the key serves everybody in the account": (
        policy("Key", without("DataThroughS3", "ArnLike", ARN)),
        {
            (ANYBODY_ELSE, "key", "kms:Decrypt"): (NOT_AT_ALL, "through a service"),
            (ANYBODY_ELSE, "inputs bucket", "s3:GetObject"): (NOT_AT_ALL, "inside"),
            (ANYBODY_ELSE, "inputs bucket", "s3:PutObject"): (NOT_AT_ALL, "inside"),
        },
    ),
    "another is exempt from the lock": (
        policy("OutputsLock", value(LOCK, "ArnNotLike", ARN, [GLASS, READER])),
        {(READER, "outputs bucket", "s3:GetObject"): ("inside", "inside and outside")},
    ),
    "a bucket encrypts without the key": (
        no_prop("Outputs", "BucketEncryption"),
        {(ANYBODY_ELSE, "outputs bucket", "s3:GetObject"): (NOT_AT_ALL, "inside")},
    ),
    "another endpoint is trusted": (
        all_of(
            declare(
                lambda content: content.update(
                    trusted_endpoints=[
                        {
                            "id": "vpce-0123456789abcdef0",
                            "reason": "r",
                            "owner": "o",
                            "expires": "never",
                        }
                    ]
                )
            ),
            policy("InputsLock", drop(LOCK)),
        ),
        {
            (JOB, "inputs bucket", "s3:GetObject"): (
                "inside",
                "inside and another endpoint and outside",
            )
        },
    ),
}
"""Edits, and something that they change."""


@pytest.mark.parametrize("name", ALL_OF_IT)
def test_an_edit_changes_this_and_nothing_else(bases: Bases, name: str) -> None:
    edit, expected = ALL_OF_IT[name]
    assert fates(table(bases, edit)) == expected


@pytest.mark.parametrize("name", SOME_OF_IT)
def test_an_edit_changes_this(bases: Bases, name: str) -> None:
    edit, expected = SOME_OF_IT[name]
    assert expected.items() <= fates(table(bases, edit)).items()


def test_who_comes_or_goes_could_do_nothing_elsewhere(bases: Bases) -> None:
    mallory = f"{ROLES}/mallory"
    found = fates(
        table(
            bases,
            declare(
                lambda content: content["people"]["readers"][0].update(role=mallory)
            ),
        )
    )
    there = "outputs bucket", "s3:ListBucket"
    assert found[(mallory, *there)] == (NOT_AT_ALL, "inside and outside")
    assert found[(READER, *there)] == ("inside and outside", NOT_AT_ALL)


def test_an_unchanged_environment_has_no_rows(bases: Bases) -> None:
    same = bases.assemblies["everything"]
    assert rows(same, same) == []


def test_what_is_created_is_told_as_it_will_be(bases: Bases) -> None:
    posture = fates(rows(None, bases.assemblies["rehearsal"]))

    expected = {
        (JOB, "inputs bucket", "s3:GetObject"): "inside",
        (JOB, "inputs bucket", "s3:ListBucket"): "inside and outside",
        (JOB, "outputs bucket", "s3:PutObject"): "inside",
        (JOB, "control bucket", "s3:GetObject"): "inside and outside",
        (JOB, "key", "kms:CreateGrant"): EVERY_WAY,
        (LAUNCHER, "control bucket", "s3:PutObject"): "outside",
        (READER, "outputs bucket", "s3:GetObject"): "inside",
        (GLASS, "outputs bucket", "s3:GetObject"): "inside and outside",
        (
            f"{ROLES}/rehearsal-uploader",
            "inputs bucket",
            "s3:PutObject",
        ): "inside and outside",
        (ANYBODY_ELSE, "inputs bucket", "s3:ListBucket"): "inside and outside",
        (ANYBODY_ELSE, "key", "kms:DescribeKey"): EVERY_WAY,
        (ROOT, "key", "kms:PutKeyPolicy"): EVERY_WAY,
    }
    assert {
        one: ("", fate) for one, fate in expected.items()
    }.items() <= posture.items()
    assert {before for before, _ in posture.values()} == {""}
    assert NOT_AT_ALL not in {after for _, after in posture.values()}
    assert not {
        (who, what)
        for who, where, what in posture
        if where in ("inputs bucket", "models bucket", "outputs bucket")
        and (what.startswith("s3:DeleteObject") or what == "s3:PutObjectAcl")
    }
    assert (ANYBODY_ELSE, "outputs bucket", "s3:GetObject") not in posture
    assert (JOB, "inputs bucket", "s3:PutObject") not in posture


def test_a_policy_that_nobody_can_read_is_told_and_hides_no_other(
    bases: Bases,
) -> None:
    variable = "arn:aws:iam::123456789012:role/${aws:PrincipalTag/team}"
    found = table(
        bases,
        all_of(
            policy("InputsLock", value(LOCK, "ArnNotLike", ARN, variable)),
            policy("OutputsLock", drop(LOCK)),
        ),
    )
    (row,) = [each for each in found if each.resource == "inputs bucket"]
    assert row == EffectiveAccess(
        principals=("anybody",),
        resource="inputs bucket",
        after="cannot be told: a policy variable",
    )
    assert (JOB, "outputs bucket", "s3:GetObject") not in fates(found)
    assert fates(found)[ANYBODY_ELSE, "outputs bucket", "s3:DeleteObject"]


def test_an_endpoint_that_nobody_can_read_leads_nobody_knows_where(
    bases: Bases,
) -> None:
    found = table(bases, prop("NetworkEndpoint", "PolicyDocument", {"Ref": "Later"}))
    assert {each.resource for each in found} == {
        f"{kind} bucket" for kind in ("models", "inputs", "outputs", "control", "logs")
    }
    assert {each.actions for each in found} == {()}
    assert all(each.after.startswith("cannot be told: ") for each in found)


def test_a_role_that_nobody_can_read_is_told(bases: Bases) -> None:
    found = table(
        bases, prop(LAUNCHER, "ManagedPolicyArns", ["mallory"], part=OPERATIONS)
    )
    (row,) = found
    assert (*map(short, row.principals), row.resource) == (LAUNCHER, "everything")
    assert "has the policy mallory" in row.after


def test_a_right_that_nobody_can_read_is_told_with_its_actions(bases: Bases) -> None:
    found = table(
        bases,
        of_job(
            Action="s3:DeleteObject",
            Resource=f"{INPUTS}/*",
            Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
        ),
    )
    (row,) = found
    assert row.actions == ("s3:DeleteObject",)
    assert row.after.startswith("cannot be told: ")


def test_what_the_prover_gives_up_is_told(
    bases: Bases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: Any, **__: Any) -> None:
        raise UndecidedError("too long")

    monkeypatch.setattr(effective, "possible", give_up)
    found = table(bases, policy("InputsLock", drop(LOCK)))
    assert [(each.principals, each.after) for each in found] == [
        (("anybody",), "cannot be told: too long")
    ]
