"""What a person sees who types something wrong."""

from pathlib import Path

import pytest

from operate.__main__ import main


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
    assert "Unable to locate credentials" in capsys.readouterr().err
