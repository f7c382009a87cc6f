"""However the rehearsal ends, it leaves a report of what it has seen."""

import contextlib
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from rehearsal import walk
from rehearsal.process import EmbeddedAws
from rehearsal.report import StackRow
from rehearsal.results import WrongResultError
from rehearsal.steps import StepError
from rehearsal.walk import rehearse, shell_of

STACK = StackRow(name="rehearsal-foundation", status="CREATE_COMPLETE")


class NoAws:
    """An embedded AWS that nobody asks anything."""

    said = ""

    def __init__(self, **_: Any) -> None:
        pass

    def __enter__(self) -> "NoAws":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def log(self) -> str:
        return self.said


def ending(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> None:
    """Let the walk end like this, after it has seen a stack."""

    def walked(company: Any, seen: Any, home: Path) -> None:
        seen.stacks = (STACK,)
        if error is not None:
            raise error

    monkeypatch.setattr(walk, "EmbeddedAws", NoAws)
    monkeypatch.setattr(walk, "_walk", walked)


def report_in(home: Path) -> Any:
    assert "<h1>" in (home / "report.html").read_text()
    return json.loads((home / "report.json").read_text())


@pytest.mark.parametrize(
    "error",
    [
        StepError("no photographs"),
        WrongResultError("no photographs"),
        EndpointConnectionError(endpoint_url="no photographs"),
    ],
)
def test_a_failure_stands_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ending(monkeypatch, error)
    assert rehearse(tmp_path).status == "failed"
    told = report_in(tmp_path)
    assert told["status"] == "failed"
    assert "no photographs" in told["failure"]
    assert told["stacks"] == [{"name": STACK.name, "status": STACK.status}]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a mistake")])
def test_even_an_interruption_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    ending(monkeypatch, error)
    with pytest.raises(type(error)):
        rehearse(tmp_path)
    assert report_in(tmp_path)["failure"] == "the rehearsal was interrupted"


def test_data_that_cannot_be_laid_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending(monkeypatch, None)
    monkeypatch.setattr(walk, "ARTIFACT", tmp_path / "nothing")
    rehearse(tmp_path)
    assert report_in(tmp_path)["failure"].startswith("The data to upload was not laid")


def test_a_rehearsal_that_went_to_its_end_is_ok(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending(monkeypatch, None)
    for name in ("report.html", "server.log"):
        (tmp_path / name).write_text("of the one before")
    rehearse(tmp_path)
    assert report_in(tmp_path)["status"] == "ok"
    assert not (tmp_path / "server.log").exists()


def test_what_the_embedded_aws_logged_outlives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending(monkeypatch, StepError("internal error"))
    monkeypatch.setattr(NoAws, "said", "Traceback of the embedded AWS")
    rehearse(tmp_path)
    log = tmp_path / "server.log"
    assert log.read_text() == "Traceback of the embedded AWS"
    assert str(log) in capsys.readouterr().err


@pytest.mark.slow
def test_the_cdk_cli_calls_nobody(aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"version": "38.0.0", "artifacts": {}}')
    # In a home of its own it has no notices from an earlier call.
    fresh = {"CDK_HOME": str(tmp_path / "home")}
    with listening() as (address, called):
        subprocess.run(
            ["cdk", "list", "--app", str(tmp_path)],
            cwd=tmp_path,
            env={**shell_of(aws), **fresh, "HTTPS_PROXY": address},
            capture_output=True,
        )
    assert called == []


@contextlib.contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that nothing gets through, and what it was asked for."""
    called: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = proxy.accept()
                    with caller:
                        called.append(caller.recv(200))

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{proxy.getsockname()[1]}", called
        proxy.shutdown(socket.SHUT_RDWR)
        thread.join()
