"""One synth of each representative environment for all tests."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.synthesized import Synthesis

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Stop at once when a local folder shadows the `constructs` library."""
    for folder in (ROOT / "constructs", ROOT / "tests" / "constructs"):
        if (folder / "__init__.py").exists():
            raise pytest.UsageError(f"{folder} must not hold __init__.py")


def _synthesized(name: str, factory: pytest.TempPathFactory) -> "Synthesis":
    # Only tests that ask for templates pay for CDK and its Node process.
    from tests import representative
    from tests.synthesized import synthesize

    environment = getattr(representative, name.upper())
    return synthesize(environment, factory.mktemp(name) / "assembly")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> "Synthesis":
    return _synthesized("kept", tmp_path_factory)


@pytest.fixture(scope="session")
def discarded(tmp_path_factory: pytest.TempPathFactory) -> "Synthesis":
    return _synthesized("discarded", tmp_path_factory)


@pytest.fixture(scope="session", params=["kept", "discarded"])
def synthesis(request: pytest.FixtureRequest) -> "Synthesis":
    """Both environments, one after the other: for what must hold everywhere."""
    found: Synthesis = request.getfixturevalue(request.param)
    return found
