"""Uploading: who does it, what goes where, and what is said when it cannot be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from operate.deployed import OperationError
from operate.upload import Upload, as_uploader
from private_transform.environment import People, Person
from tests.operate.fakes import UPLOADER, Account, deployed

PERMISSION_SET = "arn:aws:iam::123456789012:role/AWSReservedSSO_Upload_*"


def foundation() -> Account:
    return Account(
        stacks={"dev-foundation": {"ModelsBucket": "m", "InputsBucket": "i"}}
    )


class Sessions:
    """Stands in for boto3.Session: notes what is uploaded, and as whom."""

    uploads: list[tuple[str, str, str]]

    def __init__(self, **arguments: Any) -> None:
        pass

    def client(self, service: str) -> "Sessions":
        return self

    def upload_file(self, file: str, bucket: str, key: str) -> None:
        self.uploads.append((Path(file).read_text(), bucket, key))


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    Sessions.uploads = []
    monkeypatch.setattr(boto3, "Session", Sessions)
    return Sessions.uploads


def write(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(name)


def test_each_folder_goes_to_its_bucket_under_relative_keys(
    tmp_path: Path, uploads: list[tuple[str, str, str]]
) -> None:
    for name in ("models/faces/model.tar.gz", "inputs/photos/a b.jpg", "notes.txt"):
        write(tmp_path, name)
    Upload.prepare(deployed(foundation()), tmp_path).run()
    assert uploads == [
        ("models/faces/model.tar.gz", "m", "faces/model.tar.gz"),
        ("inputs/photos/a b.jpg", "i", "photos/a b.jpg"),
    ]


def test_the_first_uploader_of_the_file_is_assumed() -> None:
    account = foundation()
    as_uploader(deployed(account))
    assert account.calls == [f"assume {UPLOADER}"]


def test_a_session_that_ends_during_an_upload_is_renewed() -> None:
    account = foundation()
    account.assumed_for = timedelta(minutes=2)
    session = as_uploader(deployed(account))
    first = session.get_credentials().get_frozen_credentials().access_key
    second = session.get_credentials().get_frozen_credentials().access_key
    assert first != second
    assert set(account.calls) == {f"assume {UPLOADER}"}


def test_a_role_that_cannot_be_assumed_is_passed_over() -> None:
    account = foundation()
    people = People(uploaders=(Person(role=PERMISSION_SET), Person(role=UPLOADER)))
    as_uploader(deployed(account, people))
    assert account.calls == [f"assume {UPLOADER}"]


def test_where_all_uploaders_are_permission_sets_one_signs_in_with_theirs() -> None:
    account = foundation()
    people = People(uploaders=(Person(role=PERMISSION_SET),))
    with pytest.raises(OperationError, match="Sign in with the permission set"):
        as_uploader(deployed(account, people))
    assert account.calls == []


@pytest.mark.parametrize(
    ("session", "role"),
    [
        ("uploader/somebody", UPLOADER),
        ("AWSReservedSSO_Upload_0123456789abcdef/somebody", PERMISSION_SET),
    ],
)
def test_a_caller_who_is_an_uploader_stays_who_he_is(session: str, role: str) -> None:
    account = foundation()
    account.caller = f"arn:aws:sts::123456789012:assumed-role/{session}"
    people = People(uploaders=(Person(role=role),))
    assert as_uploader(deployed(account, people)) is account
    assert account.calls == []


def test_a_caller_who_may_not_upload_is_told_who_may() -> None:
    account = foundation()
    account.may_assume = False
    with pytest.raises(OperationError, match=f"platform/somebody.*\n.*{UPLOADER}"):
        as_uploader(deployed(account))


def test_an_environment_without_uploaders_says_where_to_name_one() -> None:
    with pytest.raises(OperationError, match=r"people\.uploaders"):
        as_uploader(deployed(foundation(), People()))


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"models.*inputs"):
        Upload.prepare(deployed(foundation()), tmp_path)


def test_an_environment_that_is_not_deployed_says_how_to_deploy_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, "inputs/a")
    with pytest.raises(OperationError, match="make deploy ENVIRONMENT=dev"):
        Upload.prepare(deployed(Account()), tmp_path).run()
