"""The demo's model, built once from the wheel that set-up downloaded."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from demo.download import WHEEL_NAME
from demo.model import DOWNLOADS, ROOT, build


@pytest.fixture(scope="session")
def downloads() -> Path:
    if not (DOWNLOADS / WHEEL_NAME).is_file():
        pytest.fail(
            f"{WHEEL_NAME} is not in {DOWNLOADS}: tests download nothing, "
            "run `python -m demo.model` once"
        )
    return DOWNLOADS


@pytest.fixture(scope="session")
def artifact(downloads: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    artifact = tmp_path_factory.mktemp("artifact") / "model.tar.gz"
    build(artifact, downloads=downloads)
    return artifact


@pytest.fixture(scope="session")
def model_folder(artifact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(artifact) as archive:
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None, f"{member.name} is no file"
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    return folder


@pytest.fixture(scope="session")
def photographs() -> Path:
    return ROOT / "demo" / "photographs"


@pytest.fixture(scope="session")
def photograph(photographs: Path) -> Callable[[str], Image.Image]:
    def read(name: str) -> Image.Image:
        return Image.open(io.BytesIO((photographs / f"{name}.jpg").read_bytes()))

    return read
