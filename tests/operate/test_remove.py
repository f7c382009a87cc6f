"""Removal: in which order, with which data, and what it says."""

from dataclasses import replace
from typing import Any

import pytest

from operate.deployed import OperationError
from operate.remove import remove
from tests.operate.fakes import Account, deployed

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


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def run(fake: Account, protection: Any, *, agreed: bool = True) -> str:
    """Remove what is deployed with the protection that the file says."""
    fake.deletion_policy = "Retain" if protection == "keep" else "Delete"
    return run_as_deployed(fake, protection, agreed=agreed)


def run_as_deployed(fake: Account, protection: Any, *, agreed: bool = True) -> str:
    asked = []

    def confirm(what: str) -> bool:
        asked.append(what)
        return agreed

    found = deployed(fake)
    changed = replace(found.environment, protection=protection)
    remove(replace(found, environment=changed), confirm)
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
    assert fake.calls[2:] == [
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


def test_the_question_names_account_and_region() -> None:
    assert "account 123456789012, region eu-west-1" in run(account(), "discard")


@pytest.mark.parametrize(
    ("policy", "was", "protection"),
    [("Retain", "keep", "discard"), ("Delete", "discard", "keep")],
)
def test_another_protection_than_the_deployed_one_has_to_be_deployed_first(
    policy: str, was: str, protection: str
) -> None:
    fake = account()
    fake.deletion_policy = policy
    with pytest.raises(OperationError, match=f"protection: {was}.*make deploy"):
        run_as_deployed(fake, protection)
    assert fake.calls == []


def test_a_foundation_whose_creation_never_began_has_no_protection() -> None:
    fake = account()
    fake.stacks["dev-foundation"] = {"status": "REVIEW_IN_PROGRESS"}
    fake.deletion_policy = "Delete"
    run_as_deployed(fake, "keep")
    assert "dev-foundation" not in fake.stacks


def test_termination_protection_is_taken_off_where_it_is_on() -> None:
    fake = account()
    fake.stacks["dev-operations"] = {"protected": "yes"}
    run(fake, "keep")
    assert fake.calls[1:3] == ["unprotect dev-operations", "delete dev-operations"]
    assert fake.calls.count("unprotect dev-foundation") == 0


def test_a_stack_that_is_being_deleted_already_is_only_waited_for() -> None:
    fake = account()
    fake.stacks["dev-faces"] = {"status": "DELETE_IN_PROGRESS", "protected": "yes"}
    fake.shown_first = ["DELETE_IN_PROGRESS"] * 9 + ["DELETE_COMPLETE"]
    run(fake, "keep")
    assert deletions(fake) == ["delete dev-operations", "delete dev-foundation"]


def test_the_failure_of_an_earlier_deletion_is_not_taken_for_this_ones() -> None:
    fake = account()
    fake.stacks["dev-faces"] = {"status": "DELETE_FAILED"}
    fake.shown_first = ["DELETE_FAILED", "DELETE_IN_PROGRESS"]
    run(fake, "keep")
    assert deletions(fake)[0] == "delete dev-faces"
    assert "dev-faces" not in fake.stacks


def test_a_stack_that_stays_as_it_was_is_not_waited_for_without_end() -> None:
    fake = account()
    fake.shown_first = ["CREATE_COMPLETE"] * 99
    with pytest.raises(OperationError, match="dev-faces is CREATE_COMPLETE"):
        run(fake, "keep")


def test_a_stack_to_which_something_else_happens_ends_the_removal() -> None:
    fake = account()
    fake.shown_first = ["UPDATE_IN_PROGRESS"]
    with pytest.raises(OperationError, match="dev-faces is UPDATE_IN_PROGRESS"):
        run(fake, "keep")
