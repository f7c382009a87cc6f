"""One run of every check over every environment, for all tests of the gate."""

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from app import ENVIRONMENTS, FEATURE_FLAGS, create_stacks
from compliance.checks import find
from compliance.judgement import Run
from compliance.register import Register, read_register
from private_transform.environment import load_environment

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "acknowledgements.yaml"


@pytest.fixture(scope="session")
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="session")
def register() -> Register:
    return read_register(REGISTER)


@pytest.fixture(scope="session")
def runs(today: date) -> tuple[Run, ...]:
    """The environments of the repository, and one with every option."""
    folders = [
        *sorted(file.parent for file in ENVIRONMENTS.glob("*/environment.yaml")),
        Path(__file__).parent / "environments" / "everything",
    ]
    environments = [load_environment(folder, today=today) for folder in folders]
    return tuple(
        Run(
            environment=each,
            findings=find(
                partial(create_stacks, environment=each), flags=FEATURE_FLAGS
            ),
        )
        for each in environments
    )
