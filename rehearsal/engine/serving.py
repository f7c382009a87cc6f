"""A model's serving process: started, asked, and ended without a trace."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from rehearsal.engine.errors import ALGORITHM_ERROR, JobError

HOST: Final = "127.0.0.1"
PING_SECONDS: Final = 2.0
"""How long one `/ping` may take. AWS: Use Your Own Inference Code with Batch
Transform."""

GRACE_SECONDS: Final = 2.0
"""How long a process has between SIGTERM and SIGKILL."""

_PAUSE_SECONDS: Final = 0.02
_LINE_BYTES: Final = 256 * 1024
"""The longest line that is kept whole. AWS: CloudWatch Logs quotas, event size."""

_LAST_LINES: Final = 5
_PORTS: Final = range(20_000, 32_000)
_LEASH: Final = Path(__file__).with_name("leash.py")


class ModelServer:
    """One running serving process, which stands for the container on AWS.

    The process gets the environment it is given and a minimal PATH, nothing else of
    ours. It leads a process group, and the whole group ends with it; so it does when
    the engine is killed.

    Args:
        command: Program and arguments; `{port}` and `{model_dir}` are filled in.
        model_dir: The unpacked artifact, `/opt/ml/model` on AWS.
        scratch: Where the process may write.
        environment: What the container sees.
        on_line: Called with each line that the process prints.
    """

    def __init__(
        self,
        *,
        command: Sequence[str],
        model_dir: Path,
        scratch: Path,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
    ) -> None:
        self.port = _free_port()
        self._on_line = on_line
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        filled = [
            part.replace("{port}", str(self.port)).replace(
                "{model_dir}", str(model_dir)
            )
            for part in command
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LEASH), *filled],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**_base_environment(scratch), **environment},
            start_new_session=True,
        )
        self._printing = threading.Thread(target=self._read_lines, daemon=True)
        self._printing.start()

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process group."""
        self.stop()

    def wait_until_ready(self, *, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait until `/ping` answers 200, or `stopped` says that nobody waits.

        Raises:
            JobError: The process ended, or the time is over.
        """
        deadline = time.monotonic() + seconds
        while not stopped() and self._ping() != http.HTTPStatus.OK:
            if self.exit_code() is not None:
                raise self._not_ready(self.how_it_ended())
            if time.monotonic() > deadline:
                raise self._not_ready(f"It was not ready after {seconds:g} seconds.")
            time.sleep(_PAUSE_SECONDS)

    def execution_parameters(self) -> Mapping[str, Any]:
        """What `GET /execution-parameters` answers, or nothing if it is not served."""
        try:
            status, body = self._get("/execution-parameters")
            answer = json.loads(body) if status == http.HTTPStatus.OK else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        return answer if isinstance(answer, dict) else {}

    def exit_code(self) -> int | None:
        """How the process ended, None while it runs."""
        return self._process.poll()

    def how_it_ended(self) -> str:
        """The exit code and the last lines, in a sentence."""
        self._printing.join(timeout=1.0)
        lines = " | ".join(line for line in self._last_lines if line.strip())
        said = f" Its last lines: {lines}" if lines else ""
        return f"The container ended with exit code {self.exit_code()}.{said}"

    def kill(self) -> None:
        """End the process at once; requests under way break off."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """End the process group: SIGTERM first, SIGKILL for what is left."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=GRACE_SECONDS)
        self._signal(signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._printing.join(timeout=GRACE_SECONDS)
        if self._process.stdout:
            self._process.stdout.close()

    def _signal(self, number: signal.Signals) -> None:
        # macOS answers EPERM for a group of which only zombies are left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _ping(self) -> int | None:
        try:
            return self._get("/ping")[0]
        except (OSError, http.client.HTTPException):
            return None

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PING_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _not_ready(self, why: str) -> JobError:
        return JobError(
            ALGORITHM_ERROR,
            "Model container failed to respond to ping; Ensure /ping endpoint is "
            f"implemented and responds with an HTTP 200 status code. {why}",
        )

    def _read_lines(self) -> None:
        output = self._process.stdout
        if output is None:
            return
        for raw in iter(lambda: output.readline(_LINE_BYTES), b""):
            line = raw.decode(errors="replace").rstrip("\r\n")
            self._last_lines.append(line)
            self._on_line(line)


def _free_port() -> int:
    """Find a free port where no system takes those of outgoing connections from."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def _base_environment(scratch: Path) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        # What a process printed before it was killed is what explains the failure.
        "PYTHONUNBUFFERED": "1",
    }
