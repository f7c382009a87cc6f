"""One synth of each representative environment for all tests."""

from pathlib import Path

import pytest

from tests.representative import DISCARDED, KEPT
from tests.synthesized import Synthesis, synthesize

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Stop at once when a local folder shadows the `constructs` library."""
    for folder in (ROOT / "constructs", ROOT / "tests" / "constructs"):
        if (folder / "__init__.py").exists():
            raise pytest.UsageError(f"{folder} must not hold __init__.py")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(KEPT, tmp_path_factory.mktemp("kept") / "assembly")


@pytest.fixture(scope="session")
def discarded(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(DISCARDED, tmp_path_factory.mktemp("discarded") / "assembly")


@pytest.fixture(scope="session", params=["kept", "discarded"])
def synthesis(request: pytest.FixtureRequest) -> Synthesis:
    """Both environments, one after the other: for what must hold everywhere."""
    found: Synthesis = request.getfixturevalue(request.param)
    return found
