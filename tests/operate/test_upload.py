"""Uploading: who does it, what goes where, and what is said when it cannot be."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from operate.deployed import Deployed, OperationError
from operate.upload import as_uploader, upload
from private_transform.environment import (
    Environment,
    Network,
    People,
    Person,
)
from tests.operate.fakes import UPLOADER, Account

NAMED = People(uploaders=(Person(role=UPLOADER),))


def environment(people: People = NAMED) -> Environment:
    return Environment(
        name="dev",
        stage="development",
        account="123456789012",
        region="eu-west-1",
        audit="own",
        network=Network(cidr="10.0.0.0/24", availability_zones=("eu-west-1a",)),
        people=people,
    )


def deployed(account: Account, people: People = NAMED) -> Deployed:
    session: Any = account
    return Deployed(environment=environment(people), session=session)


def foundation() -> Account:
    return Account(
        stacks={"dev-foundation": {"ModelsBucket": "m", "InputsBucket": "i"}}
    )


class Sessions:
    """Stands in for boto3.Session: notes what is uploaded, and as whom."""

    uploads: list[tuple[str, str, str]]

    def __init__(self, **credentials: str) -> None:
        self.credentials = credentials

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
    upload(deployed(foundation()), tmp_path)
    assert uploads == [
        ("models/faces/model.tar.gz", "m", "faces/model.tar.gz"),
        ("inputs/photos/a b.jpg", "i", "photos/a b.jpg"),
    ]


def test_the_first_uploader_of_the_file_is_assumed() -> None:
    account = foundation()
    as_uploader(deployed(account))
    assert account.calls == [f"assume {UPLOADER}"]


def test_a_caller_who_is_an_uploader_stays_who_he_is() -> None:
    account = foundation()
    account.caller = "arn:aws:sts::123456789012:assumed-role/uploader/somebody"
    assert as_uploader(deployed(account)) is account
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
        upload(deployed(foundation()), tmp_path)


def test_an_environment_that_is_not_deployed_says_how_to_deploy_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, "inputs/a")
    with pytest.raises(OperationError, match="make deploy ENVIRONMENT=dev"):
        upload(deployed(Account()), tmp_path)
