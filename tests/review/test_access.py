"""Whose leave ends is like all; nobody else may do more unnoticed."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from private_transform.environment import load_environment
from review.assembly import Assembly, read_assembly
from review.review import review
from tests.lock.mutants import action
from tests.review.conftest import ROOT, TODAY
from tests.review.draft import Draft, all_of, declare, policy, statement
from tests.review.matrix import ARN, LOCK, ROLES
from tests.synthesized import synthesize

pytestmark = pytest.mark.gate

UPLOADER = """\
  uploaders:
    - role: arn:aws:iam::123456789012:role/rehearsal-uploader
      outside: {reason: uploads from a laptop, owner: rehearsal, expires: never}
"""
READER = "    - role: arn:aws:iam::123456789012:role/rehearsal-reader\n"
BREAK_GLASS = """\
  break_glass:
    - role: arn:aws:iam::123456789012:role/rehearsal-break-glass
      outside: {reason: emergencies, owner: rehearsal, expires: never}
"""
LEAVE = "      outside: {reason: reports, owner: rehearsal, expires: never}\n"
STAGE = "stage: development\n"

Edited = Callable[[str, str], Assembly]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """The rehearsed environment with words of its file replaced."""

    def synthesized(old: str, new: str) -> Assembly:
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "rehearsal"
        copytree(ROOT / "environments" / "rehearsal", folder)
        file = folder / "environment.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        synthesize(load_environment(folder, today=TODAY), folder / "assembly")
        return read_assembly(folder / "assembly")

    return synthesized


@pytest.fixture
def rehearsal(edited: Edited) -> Assembly:
    return edited("", "")


def taken(name: str, part: str) -> Callable[[Draft], None]:
    """Let everybody in the account take a role."""

    def edit(draft: Draft) -> None:
        properties = draft.properties(name, part)
        properties["AssumeRolePolicyDocument"]["Statement"].append(
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "123456789012"},
            }
        )

    return edit


def more(before: Assembly, after: Assembly) -> set[str]:
    """The beginnings of the names of the policies that allow more."""
    found = review(before, after, today=TODAY).findings
    return {
        each.resource.partition("/")[2][:-8]
        for each in found
        if each.rule.startswith("access")
    }


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (UPLOADER.rpartition("      outside")[0], UPLOADER),
        ("", UPLOADER),
        ("", BREAK_GLASS),
    ],
    ids=["an uploader", "an uploader who goes", "break-glass"],
)
def test_whose_leave_ends_may_not_do_more(
    edited: Edited, rehearsal: Assembly, words: str, without: str
) -> None:
    assert more(rehearsal, edited(words, without)) == set()


@pytest.mark.parametrize(
    ("words", "leave"),
    [(READER, READER + LEAVE), (STAGE, f"{STAGE}sagemaker_api_reads: models\n")],
    ids=["a reader", "jobs"],
)
def test_who_gets_leave_and_loses_it_may_not_do_more(
    edited: Edited, rehearsal: Assembly, words: str, leave: str
) -> None:
    assert more(edited(words, leave), rehearsal) == set()


def _no_leave(draft: Draft) -> None:
    declare(lambda d: d["people"]["uploaders"][0].pop("outside"))(draft)


@pytest.mark.parametrize(
    "edit",
    [
        # Only who keeps leave is bound, and bound less.
        policy("InputsLock", action("UploadersWriteOnly", "s3:DeleteBucket")),
        # One's leave ends, and it is another who is not bound any more.
        all_of(
            _no_leave,
            policy("InputsLock", action("BreakGlassReadsOnly", "s3:DeleteBucket")),
        ),
        # Everybody may do more, whose leave ends among them.
        all_of(_no_leave, policy("InputsLock", action(LOCK, "s3:PutBucketAcl"))),
    ],
)
def test_more_is_told_though_leave_ends(
    rehearsal: Assembly, edit: Callable[[Draft], None]
) -> None:
    draft = Draft(rehearsal)
    edit(draft)

    assert more(rehearsal, draft.assembly()) == {"InputsLock"}


def test_who_had_no_leave_and_is_not_refused_any_more_may_do_more(
    rehearsal: Assembly,
) -> None:
    draft = Draft(rehearsal)
    statement(
        "InputsLock",
        Sid="TheReaderManagesNothing",
        Effect="Deny",
        Principal="*",
        Action="s3:DeleteBucket",
        Resource="@Inputs.Arn",
        Condition={"ArnLike": {ARN: f"{ROLES}/rehearsal-reader"}},
    )(draft)

    assert more(draft.assembly(), rehearsal) == {"InputsLock"}


EXAMPLES = {
    "may call sts:AssumeRole on `arn:aws:iam::123456789012:role/private-transform/"
    "rehearsal-us-east-1/execution/rehearsal-faces-ExecutionRole605A040B`": taken(
        "ExecutionRole", "faces"
    ),
    "may call s3:GetObject on `arn:aws:s3:::rehearsal-foundation-": statement(
        "ExecutionRole", "faces", Effect="Allow", Action="s3:*", Resource="*"
    ),
    "may call kms:Decrypt on `arn:aws:kms:us-east-1:123456789012:key/": statement(
        "StateChangesHandlerRole",
        "operations",
        Effect="Allow",
        Action="kms:*",
        Resource="*",
    ),
    "may call sqs:AddPermission on anything": statement(
        "StateChangesHandlerRole",
        "operations",
        Effect="Allow",
        Action="sqs:*",
        Resource="*",
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_more_is_told_with_an_action_that_people_know_at_a_place_of_ours(
    rehearsal: Assembly, example: str
) -> None:
    draft = Draft(rehearsal)
    EXAMPLES[example](draft)

    found = review(rehearsal, draft.assembly(), today=TODAY)

    assert any(example in each.more for each in found.access), found.access
