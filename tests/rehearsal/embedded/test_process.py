"""The child process: what it listens on, what it sees, and how it ends."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal import process
from rehearsal.process import ROOT, EmbeddedAws, StartError
from tests.rehearsal.waiting import wait_until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
LISTENING = "0A"
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": '
    '"sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}'
)


def listening(pid: int) -> set[tuple[str, int]]:
    """Address and port of every TCP socket that a process listens on."""
    sockets = {
        match[1]
        for each in Path(f"/proc/{pid}/fd").iterdir()
        if (match := re.match(r"socket:\[(\d+)\]", os.readlink(each)))
    }
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in sockets:
                address, _, port = fields[1].partition(":")
                found.add((address, int(port, 16)))
    return found


def exists(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


BUSY = """
import os, time
from pathlib import Path

def handler(event, context):
    started = Path.home() / "started"
    started.write_text(str(os.getpid()))
    started.rename(Path.home() / "at-work")
    time.sleep(60)
"""


def busy_worker(home: Path, url: str, authority: str) -> int:
    """The process of a function that is at work for a minute."""
    functions = make_function(url, authority, BUSY)
    functions.invoke(FunctionName="it", InvocationType="Event")
    functions.close()
    wait_until(lambda: bool(list(home.glob("aws-*/at-work"))))
    (mark,) = home.glob("aws-*/at-work")
    return int(mark.read_text())


def make_function(url: str, authority: str, code: str) -> Any:
    """A client for Lambda, in which the function `it` is made."""
    session = boto3.Session(
        aws_access_key_id="123456789012",
        aws_secret_access_key="any",
        region_name="us-east-1",
    )
    where = {"endpoint_url": url, "verify": authority}
    iam = session.client("iam", **where)
    role = iam.create_role(RoleName="it", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.close()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", code)
    made = session.client("lambda", **where)
    made.create_function(
        FunctionName="it",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role["Arn"],
        Timeout=60,
        Code={"ZipFile": packed.getvalue()},
    )
    return made


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """Beside the session's instance: two run side by side."""
    with (
        pytest.MonkeyPatch.context() as patch,
        EmbeddedAws(images={}, home=tmp_path_factory.mktemp("own")) as started,
    ):
        patch.delenv("AWS_PROFILE", raising=False)
        yield started


@LINUX
def test_it_listens_on_the_loopback_only(own: EmbeddedAws) -> None:
    loopback = "0100007F"
    found = listening(own.pid)
    assert {address for address, _ in found} == {loopback}
    ports = {int(url.rpartition(":")[2]) for url in (own.url, own.plain_url)}
    assert {port for _, port in found} == ports


def test_two_run_side_by_side(aws: EmbeddedAws, own: EmbeddedAws) -> None:
    assert own.url != aws.url
    assert own.folder != aws.folder


@pytest.mark.slow
def test_functions_see_nothing_of_the_callers_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "x")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-shell")
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.invalid")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with EmbeddedAws(images={}, home=tmp_path) as aws:
        monkeypatch.undo()
        functions = make_function(
            aws.url,
            aws.environment["AWS_CA_BUNDLE"],
            "import os\ndef handler(event, context): return dict(os.environ)",
        )
        answer = functions.invoke(FunctionName="it")
        functions.close()
        seen = json.load(answer["Payload"])
    assert "FunctionError" not in answer
    assert seen["AWS_ENDPOINT_URL"] == aws.url
    assert seen["HOME"] == str(aws.folder)
    assert seen.get("AWS_SESSION_TOKEN") != "of-the-shell"
    assert not {
        "HTTPS_PROXY",
        "PIP_INDEX_URL",
        "PYTHONPATH",
        "SECRET_OF_THE_SHELL",
    } & set(seen)


def test_what_the_child_logged_is_known_after_its_end(own: EmbeddedAws) -> None:
    said = own.log()
    file = own.folder / "server.log"
    with file.open("a") as log:
        log.write("last words\n")
    file.unlink()
    assert own.log() == f"{said}last words\n"


@LINUX
@pytest.mark.slow
def test_nothing_is_left_when_it_ends_in_the_middle_of_work(tmp_path: Path) -> None:
    with EmbeddedAws(images={}, home=tmp_path) as aws:
        worker = busy_worker(tmp_path, aws.url, aws.environment["AWS_CA_BUNDLE"])
        server = aws.pid
    wait_until(lambda: not exists(worker))
    assert not exists(server)
    assert list(tmp_path.iterdir()) == []


def heed_signals() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and so these tests."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent_in_the_middle_of_work(
    tmp_path: Path, number: signal.Signals
) -> None:
    code = (
        "import sys; from pathlib import Path; from rehearsal.process import *\n"
        "with EmbeddedAws(images={}, home=Path(sys.argv[1])) as aws:\n"
        "    print(aws.pid, aws.url, aws.environment['AWS_CA_BUNDLE'], flush=True)\n"
        "    aws.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=heed_signals,
    ) as parent:
        assert parent.stdout is not None
        pid, url, authority = parent.stdout.readline().split()
        worker = busy_worker(tmp_path, url, authority)
        parent.send_signal(number)
        parent.wait(60)
    wait_until(lambda: not exists(int(pid)))
    wait_until(lambda: not exists(worker))
    wait_until(lambda: list(tmp_path.iterdir()) == [])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_exports_and_ends_by_a_signal(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "report.json").write_text("of the last rehearsal")
    with serving(tmp_path) as served:
        printed = exports_of(served)
        served.send_signal(number)
        errors = served.communicate(timeout=60)[1]
    assert printed[0] == "unset AWS_DEFAULT_PROFILE AWS_PROFILE AWS_SESSION_TOKEN\n"
    assert any(line.startswith("export AWS_ENDPOINT_URL=https://") for line in printed)
    assert served.returncode == 130
    assert errors == (
        "\nInterrupted; stopping what was started ...\n"
        "Everything that was started is gone.\n"
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "data",
        "lock",
        "report.json",
    ]


@LINUX
@pytest.mark.slow
def test_serve_says_so_when_the_embedded_aws_ends_by_itself(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        exports_of(served)
        children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text()
        os.kill(int(children), signal.SIGKILL)
        errors = served.communicate(timeout=60)[1]
    assert served.returncode == 1
    assert errors == "The embedded AWS ended by itself, with code -9.\n"


def serving(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "serve", "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,
    )


def exports_of(served: subprocess.Popen[str]) -> list[str]:
    """What a shell is to take over: all that is printed before the comment."""
    assert served.stdout is not None
    printed = [served.stdout.readline()]
    while printed[-1].startswith(("unset", "export")):
        printed.append(served.stdout.readline())
    return printed


def test_a_start_that_fails_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SERVER", "rehearsal.no_such_server")
    with (
        pytest.raises(StartError, match=r"did not start: .*no_such_server"),
        EmbeddedAws(images={}, home=tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "START_SECONDS", 0.0)
    with (
        pytest.raises(StartError, match=r"silent for 0\.0 seconds"),
        EmbeddedAws(images={}, home=tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
