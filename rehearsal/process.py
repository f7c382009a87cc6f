"""The embedded AWS as a child process: everything a user of it needs."""

import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from rehearsal.embedded.faults import Fault
from rehearsal.embedded.settings import Settings

ROOT = Path(__file__).parents[1]
ACCOUNT = "123456789012"
REGION = "us-east-1"
SERVER = "rehearsal.embedded.server"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
NO_PROXY = "127.0.0.1,localhost"


class StartError(Exception):
    """The embedded AWS did not start; the message says why in one sentence."""


class EmbeddedAws:
    """An AWS on 127.0.0.1 with IAM enforced, for as long as the context is open.

    It listens on free ports of its own, keeps its files in a folder of its own and
    sees nothing of the caller's environment, so several can run side by side. When
    the context closes, or this process dies, the child, what it started and its
    folder are gone.

    Attributes:
        url: HTTPS, every service, from outside any network.
        plain_url: Plain HTTP, the same, for showing that policies refuse it.
        environment: What a shell, the CDK CLI or boto3 needs to talk to it as the
            account's root, which no policy limits.
        folder: The child's own folder.
        pid: The child's process id.
    """

    def __init__(
        self,
        *,
        images: Mapping[str, Sequence[str]],
        home: Path,
        api_reads: Literal["inside", "outside"] = "inside",
    ) -> None:
        """Describe it; entering the context starts it.

        Args:
            images: Which command serves a container image, by image URI.
            home: The folder in which it makes its own.
            api_reads: Where SageMaker's checks at the API come from.
        """
        self._describe = partial(
            Settings, account=ACCOUNT, region=REGION, images=images, api_reads=api_reads
        )
        self._home = home

    def __enter__(self) -> Self:
        """Start the child and wait until it serves.

        Raises:
            StartError: It did not.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="aws-", dir=self._home)).resolve()
        # Appending, because the child writes to the same open file; open, because
        # the child removes the folder when it breaks, and then its log is wanted.
        self._log = (self.folder / "server.log").open("a+b")
        settings = self._describe(folder=self.folder)
        try:
            self._process = self._start()
            answer = self._exchange(settings)
        except BaseException:
            self._remove()
            raise
        self.pid = self._process.pid
        self.url: str = answer["url"]
        self.plain_url: str = answer["plain_url"]
        self.environment: dict[str, str] = {
            "AWS_ACCESS_KEY_ID": settings.account,
            "AWS_CA_BUNDLE": answer["authority"],
            "AWS_DEFAULT_REGION": settings.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": settings.region,
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "NODE_EXTRA_CA_CERTS": answer["authority"],
            "NO_PROXY": NO_PROXY,
            "no_proxy": NO_PROXY,
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the child and remove what it leaves."""
        self._remove()

    def through(self, endpoint_id: str) -> str:
        """URL that reaches S3 through one deployed gateway endpoint.

        Raises:
            LookupError: No S3 gateway endpoint has this id.
        """
        try:
            return str(self._ask("GET", f"endpoints/{endpoint_id}")["url"])
        except urllib.error.HTTPError as error:
            with error:
                raise LookupError(json.load(error)["message"]) from None

    def order_faults(self, faults: Sequence[Fault]) -> None:
        """Let the next calls of the environment's functions go wrong.

        Args:
            faults: Each for one call; those that were still to come are forgotten.
        """
        self._ask("PUT", "faults", [asdict(fault) for fault in faults])

    def faults_to_come(self) -> list[Fault]:
        """The faults that were ordered and that no call has met yet."""
        return [Fault(**fault) for fault in self._ask("GET", "faults")]

    def fire(self, schedule: str, scheduled: datetime) -> None:
        """Let a schedule invoke its target at once.

        Args:
            schedule: The schedule's name.
            scheduled: When its target is told that it was due, with a time zone.

        Raises:
            LookupError: There is no such schedule.
            RuntimeError: It did not reach its target; the message says why.
        """
        order = {"schedule": schedule, "scheduled": scheduled.isoformat()}
        try:
            self._ask("POST", "schedules", order)
        except urllib.error.HTTPError as error:
            with error:
                message = json.load(error)["message"]
            kind = LookupError if error.code == 404 else RuntimeError
            raise kind(message) from None

    def log(self) -> str:
        """What the child has logged so far, also when it has ended by itself."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def wait(self) -> int:
        """Wait until the child ends by itself; its exit code."""
        return self._process.wait()

    def _ask(self, method: str, path: str, content: object = None) -> Any:
        """Ask the embedded AWS itself, none of its services."""
        trust = ssl.create_default_context(cafile=self.environment["AWS_CA_BUNDLE"])
        direct = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        request = urllib.request.Request(
            f"{self.url}/_rehearsal/{path}",
            data=None if content is None else json.dumps(content).encode(),
            method=method,
        )
        with direct.open(request) as reply:
            return json.load(reply)

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", SERVER],
            cwd=ROOT,
            env={
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "PATH": _path(),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(self.folder),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # Ctrl-C reaches this process only; it ends the child in order.
            start_new_session=True,
        )

    def _exchange(self, settings: Settings) -> dict[str, str]:
        """Tell the child its settings and read where it listens."""
        child = self._process
        if child.stdin is None or child.stdout is None:
            raise AssertionError("the child was started with pipes")
        try:
            child.stdin.write(settings.to_json() + "\n")
            child.stdin.flush()
            with _deadline(child, START_SECONDS):
                line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer: dict[str, str] = json.loads(line or "{}")
        if "url" not in answer:
            reason = answer.get("error") or self._last_words()
            raise StartError(f"The embedded AWS did not start: {reason}.")
        return answer

    def _last_words(self) -> str:
        """Why a child that answered nothing ended."""
        said = [line for line in self.log().splitlines() if line.strip()]
        return said[-1] if said else f"it was silent for {START_SECONDS} seconds"

    def _remove(self) -> None:
        child = getattr(self, "_process", None)
        if child is not None:
            # The end of its input is what tells the child to stop.
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.stdout.close()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _path() -> str:
    """Where the child finds Node: beside Python first, then the machine's own."""
    found = shutil.which("node")
    folders = [str(Path(sys.executable).parent), os.defpath]
    if found is not None:
        folders.insert(1, str(Path(found).parent))
    return os.pathsep.join(folders)


@contextlib.contextmanager
def _deadline(child: subprocess.Popen[str], seconds: float) -> Iterator[None]:
    """Kill a child that is still silent after this time; reading it then ends."""
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
