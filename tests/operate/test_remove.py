"""Removal: in which order, with which data, and what it says."""

from dataclasses import replace
from typing import Any

import pytest

from operate.deployed import Deployed, OperationError
from operate.remove import remove
from tests.operate.fakes import Account
from tests.operate.test_upload import environment

BUCKETS = {
    "ModelsBucket": "m",
    "InputsBucket": "i",
    "OutputsBucket": "o",
    "ControlBucket": "c",
    "LogsBucket": "l",
    "KeyArn": "the-key",
}


def account() -> Account:
    return Account(
        stacks={
            "dev-foundation": dict(BUCKETS),
            "dev-faces": {},
            "other-foundation": {},
            "dev-operations": {},
        },
        objects={"m": [{"Key": "k", "VersionId": "1"}]},
    )


def run(fake: Account, protection: Any, *, agreed: bool = True) -> str:
    session: Any = fake
    asked = []

    def confirm(what: str) -> bool:
        asked.append(what)
        return agreed

    remove(
        Deployed(
            environment=replace(environment(), protection=protection), session=session
        ),
        confirm,
    )
    return asked[0]


def deletions(fake: Account) -> list[str]:
    return [call for call in fake.calls if call.startswith("delete")]


def test_transforms_go_first_and_the_foundation_last() -> None:
    fake = account()
    run(fake, "discard")
    assert deletions(fake) == [
        "delete dev-faces",
        "delete dev-operations",
        "delete dev-foundation",
    ]
    assert "other-foundation" in fake.stacks


def test_discard_takes_the_locks_off_then_empties_then_deletes() -> None:
    fake = account()
    run(fake, "discard")
    about_data = [call for call in fake.calls if not call.startswith("unprotect")]
    assert about_data[2:] == [
        "unlock m",
        "unlock i",
        "unlock o",
        "empty m",
        "delete dev-foundation",
    ]


def test_keep_touches_no_data_and_names_what_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake = account()
    asked = run(fake, "keep")
    assert "its data stays" in asked
    assert not [call for call in fake.calls if call.startswith(("unlock", "empty"))]
    said = capsys.readouterr().out
    assert all(f"bucket {name}" in said for name in "miocl")
    assert "the-key" in said


def test_nothing_happens_without_a_yes() -> None:
    fake = account()
    with pytest.raises(OperationError, match="nothing was removed"):
        run(fake, "discard", agreed=False)
    assert fake.calls == []


def test_a_bucket_that_logs_were_delivered_into_meanwhile_is_emptied_again() -> None:
    fake = account()
    fake.busy = 1
    fake.objects["l"] = [{"Key": "late", "VersionId": "1"}]
    run(fake, "discard")
    assert deletions(fake).count("delete dev-foundation") == 2


def test_a_stack_that_cannot_be_deleted_says_why() -> None:
    fake = account()
    fake.busy = 99
    with pytest.raises(
        OperationError, match="dev-foundation was not deleted: the bucket"
    ):
        run(fake, "discard")


def test_a_stack_of_somebody_else_that_is_named_like_ours_is_left_alone() -> None:
    fake = account()
    fake.stacks["dev-database"] = {"tagged": "website"}
    asked = run(fake, "discard")
    assert "dev-database" not in asked
    assert list(fake.stacks) == ["other-foundation", "dev-database"]


def test_a_removal_that_stopped_half_way_is_taken_up_again() -> None:
    fake = account()
    fake.gone = frozenset({"m", "l"})
    run(fake, "discard")
    assert "unlock i" in fake.calls
    assert "dev-foundation" not in fake.stacks


def test_a_foundation_that_was_never_complete_is_deleted_too() -> None:
    fake = account()
    fake.stacks["dev-foundation"] = {"status": "ROLLBACK_COMPLETE"}
    run(fake, "discard")
    assert "dev-foundation" not in fake.stacks
