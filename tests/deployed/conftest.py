"""One embedded AWS for all deployments; each test brings transforms of its own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.process import ACCOUNT, EmbeddedAws
from rehearsal.walk import shell_of
from tests.deployed.place import (
    SERVERS,
    Place,
    transform,
    write_artifact,
    write_input,
)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An AWS whose account is bootstrapped in two regions."""
    home = tmp_path_factory.mktemp("deployed")
    with EmbeddedAws(images=SERVERS, home=home) as aws:
        subprocess.run(
            [
                *("cdk", "bootstrap"),
                f"aws://{ACCOUNT}/us-east-1",
                f"aws://{ACCOUNT}/eu-west-1",
            ],
            cwd=home,
            env=shell_of(aws),
            check=True,
            capture_output=True,
        )
        yield Place(aws=aws, environments=home / "environments")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to upload: artifact and inputs of the transform `echo`."""
    folder = tmp_path_factory.mktemp("data")
    write_artifact(folder, "echo")
    write_input(folder, "echo/a.csv", "1,2\n")
    write_input(folder, "echo/b.csv", "3,4\n")
    return folder


@pytest.fixture(scope="session")
def trial(place: Place, data: Path) -> Place:
    """An environment `trial` with the transform `echo`, deployed and run once.

    It comes before all other environments: the log group of the jobs is its own.
    """
    place.write("trial", {"echo": transform("echo")})
    place.company("trial").hire()
    done = place.operate("deploy", "trial", "--data", str(data))
    assert done.code == 0, done.output
    return place
