"""Deployments to one embedded AWS by the real CDK CLI, as a person would do them."""

import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from private_transform.environment import Environment, load_environment
from rehearsal.company import Company
from rehearsal.process import ACCOUNT, ROOT, EmbeddedAws
from rehearsal.walk import shell_of

REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
WEST = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
ECHO = f"{REGISTRY}/echo:1.0.0"
CRASH = f"{REGISTRY}/crash:1.0.0"
SERVERS = {
    ECHO: [sys.executable, str(Path(__file__).parent / "echo.py"), "{port}"],
    f"{WEST}/echo:1.0.0": [
        sys.executable,
        str(Path(__file__).parent / "echo.py"),
        "{port}",
    ],
    CRASH: [sys.executable, "-c", "raise SystemExit('no weights in the artifact')"],
}


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what a person saw of it."""

    code: int
    output: str


@dataclass(frozen=True)
class Place:
    """A folder of environments and an AWS to deploy them to."""

    aws: EmbeddedAws
    environments: Path

    def write(self, name: str, transforms: Mapping[str, Any], **settings: Any) -> None:
        """Write an environment like the shipped one, with these settings changed."""
        shipped = ROOT / "environments" / "rehearsal" / "environment.yaml"
        content = YAML(typ="safe").load(shipped.read_text())
        folder = self.environments / name
        (folder / "transforms").mkdir(parents=True, exist_ok=True)
        for old in (folder / "transforms").iterdir():
            old.unlink()
        _dump(folder / "environment.yaml", {**content, **settings})
        for transform, body in transforms.items():
            _dump(folder / "transforms" / f"{transform}.yaml", body)

    def operate(self, operation: str, name: str, *more: str) -> Outcome:
        """Run `python -m operate` as a person's shell would."""
        return self._run(
            sys.executable,
            *("-m", "operate", operation, name),
            *("--environments", str(self.environments), *more),
        )

    def deploy(self, name: str, transform: str, body: Mapping[str, Any]) -> Outcome:
        """Let an environment have this one transform, and deploy it."""
        self.write(name, {transform: body})
        return self.operate("deploy", name, "--transform", transform)

    def deploy_at_once(self, name: str, *parts: str) -> Outcome:
        """Deploy some stacks of an environment by one call of the CDK CLI."""
        stacks = map(self.load(name).stack_name, parts)
        with tempfile.TemporaryDirectory(dir=self.aws.folder) as assembly:
            return self._run(
                *("cdk", "deploy", *stacks, "--exclusively"),
                *("--concurrency", str(len(parts)), "--output", assembly),
                *("--require-approval", "never", "--progress", "events"),
                *("--context", f"environment={name}"),
                *("--context", f"environments={self.environments}"),
            )

    def _run(self, *command: str) -> Outcome:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=shell_of(self.aws),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Outcome(done.returncode, done.stdout)

    def company(self, name: str) -> Company:
        """Clients for one of the environments."""
        return Company(aws=self.aws, environment=self.load(name))

    def load(self, name: str) -> Environment:
        return load_environment(self.environments / name, today=today())

    def elsewhere(self, environments: Path) -> "Place":
        """The same AWS with another folder of environments."""
        return replace(self, environments=environments)

    def stack_status(self, name: str, part: str) -> str | None:
        company = self.company(name)
        found = company.client("cloudformation").describe_stacks()["Stacks"]
        wanted = company.environment.stack_name(part)
        return next(
            (each["StackStatus"] for each in found if each["StackName"] == wanted), None
        )


def today() -> date:
    return datetime.now(UTC).date()


def transform(name: str, **changes: Any) -> dict[str, Any]:
    """The file of a transform that answers each line with itself."""
    return {
        "model": {
            "primary_container": {
                "image": ECHO,
                "model_data_url": f"{name}/model.tar.gz",
            }
        },
        "transform_input": {
            "data_source": {
                "s3_data_source": {
                    "s3_data_type": "S3Prefix",
                    "s3_uri": f"{name}/",
                }
            },
            "content_type": "text/csv",
        },
        "transform_output": {"s3_output_path": f"{name}/"},
        "transform_resources": {"instance_type": "ml.m5.large", "instance_count": 1},
        **changes,
    }


def like_echo(name: str, **changes: Any) -> dict[str, Any]:
    """The file of a transform with the artifact and the inputs of `echo`."""
    outputs = {"s3_output_path": f"{name}/"}
    return transform("echo", transform_output=outputs, **changes)


def write_artifact(folder: Path, name: str) -> None:
    file = folder / "models" / name / "model.tar.gz"
    file.parent.mkdir(parents=True)
    with tarfile.open(file, "w:gz") as archive:
        entry = tarfile.TarInfo("weights")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"abc"))


def write_input(folder: Path, key: str, text: str) -> None:
    file = folder / "inputs" / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _dump(file: Path, content: Any) -> None:
    with file.open("w") as opened:
        YAML(typ="safe", pure=True).dump(content, opened)
