"""What a person sees who types something wrong."""

from pathlib import Path

import boto3
import pytest

from operate.__main__ import main
from operate.deploy import ROOT
from tests.operate.fakes import Account, Buckets


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """What the credentials of this shell belong to: the rehearsal's account."""
    account = Account()
    monkeypatch.setattr(boto3, "Session", lambda **region: account)
    return account


def test_an_environment_that_does_not_exist_lists_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["upload", "nowhere", "--data", "."]) == 1
    said = capsys.readouterr().err
    assert "nowhere" in said
    assert "rehearsal" in said
    assert "Traceback" not in said


def test_no_credentials_end_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["remove", "rehearsal", "--yes"]) == 1
    assert "has no credentials of AWS. Sign in" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_ends_in_one_sentence(
    account: Account,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def upload_file(self: Buckets, file: str, bucket: str, key: str) -> None:
        raise PermissionError(13, "Permission denied", file)

    monkeypatch.setattr(Buckets, "upload_file", upload_file, raising=False)
    account.caller = "arn:aws:sts::123456789012:assumed-role/rehearsal-uploader/me"
    account.stacks["rehearsal-foundation"] = {"InputsBucket": "i"}
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a.csv").touch()
    assert main(["upload", "rehearsal", "--data", str(tmp_path)]) == 1
    assert f"Permission denied: '{tmp_path}/inputs/a.csv'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "code"),
    [(["remove", "--yes"], 0), (["upload", "--data", "."], 1), (["deploy"], 1)],
)
def test_expired_leave_stops_a_deployment_alone(
    command: list[str],
    code: int,
    account: Account,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    shipped = (ROOT / "environments" / "rehearsal" / "environment.yaml").read_text()
    assert "expires: never" in shipped
    (tmp_path / "past").mkdir()
    (tmp_path / "past" / "environment.yaml").write_text(
        shipped.replace("expires: never", "expires: 2020-01-01")
    )
    operation, *options = command
    arguments = [operation, "past", "--environments", str(tmp_path), *options]
    assert main(arguments) == code
    assert ("leave expired" in capsys.readouterr().err) == (operation == "deploy")


@pytest.mark.parametrize(
    ("range_", "words"),
    [
        (["2030-01-32", "2030-02-01"], "2030-01-32 is no day"),
        (["2030-01-01", "2030-01-02", "--at-once", "0"], "0 is no number of runs"),
    ],
)
def test_days_that_are_none_are_told(
    range_: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["backfill", "rehearsal", "faces", *range_])
    assert words in capsys.readouterr().err


def test_days_are_made_up_for(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.stacks["rehearsal-faces"] = {"JobName": "a"}
    assert main(["backfill", "rehearsal", "faces", "2030-01-01", "2030-01-02"]) == 1
    assert "backfill failed: faces has no runs" in capsys.readouterr().err
