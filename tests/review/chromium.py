"""Debian's Chromium without a window, driven through its pipe as a person would."""

import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

_SECONDS = "30"
"""After which a browser that hangs is ended."""


class Browser:
    """One page of one browser.

    Attributes:
        events: What the browser told without being asked: method and parameters.
    """

    def __init__(self, to: BinaryIO, back: io.BufferedReader) -> None:
        self._to, self._back = to, back
        self._number, self._session, self._rest = 0, "", b""
        self.events: list[tuple[str, dict[str, Any]]] = []
        target = self.call("Target.createTarget", url="about:blank")
        self._session = self.call(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )["sessionId"]
        for domain in ("Log", "Network", "Page", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (answer := self._read()).get("id") != self._number:
            self.events.append((answer["method"], answer["params"]))
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, file: Path) -> None:
        """Show a file, and wait until it is there."""
        self.call("Page.navigate", url=file.as_uri())
        while all(method != "Page.loadEventFired" for method, _ in self.events):
            self.evaluate("0")

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key: Enter, Space, Tab or one that writes."""
        known = {"Enter": ("\r", 13), "Space": (" ", 32), "Tab": ("", 9)}
        text, code = known.get(key, (key, ord(key[0].upper())))
        event = {"key": text or key, "windowsVirtualKeyCode": code, "text": text}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **event)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._back.read1(65536)
            assert more, "the browser has gone"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser that knows nothing and is gone afterwards.

    Args:
        profile: An empty folder.
    """
    asked, to = os.pipe()
    back, told = os.pipe()
    # Chromium reads from descriptor 3 and writes to 4.
    command = (
        'exec 3<&"$1" 4>&"$2"; shift 2; exec timeout "$@"',
        "chromium",
        str(asked),
        str(told),
        _SECONDS,
        "chromium",
        "--headless",
        "--remote-debugging-pipe",
        "--no-sandbox",  # There is none for root, and the page is our own.
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={profile}",
    )
    process = subprocess.Popen(
        ["bash", "-c", *command],
        pass_fds=(asked, told),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(asked)
    os.close(told)
    try:
        with os.fdopen(to, "wb") as writing, os.fdopen(back, "rb") as reading:
            yield Browser(writing, reading)
    finally:
        process.terminate()
        process.wait()
