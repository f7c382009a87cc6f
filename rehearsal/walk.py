"""The whole rehearsal: everything from nothing, and nothing left at the end."""

import contextlib
import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from demo.model import ARTIFACT
from private_transform.environment import Environment, load_environment
from rehearsal.claims import try_claims
from rehearsal.company import Company
from rehearsal.failures import read_failure, stacks_of
from rehearsal.inventory import inventory, require_nothing_new
from rehearsal.process import ROOT, EmbeddedAws, StartError
from rehearsal.queries import QueryError, questions
from rehearsal.report import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Photograph,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    to_html,
    to_json,
    to_terminal,
)
from rehearsal.results import WrongResultError, read_results
from rehearsal.runs import Nights
from rehearsal.shards import InShards
from rehearsal.steps import StepError, alone, command, step
from rehearsal.subscriber import subscribed, told_of
from rehearsal.tampering import try_tampering

LOG = "server.log"
PHOTOGRAPHS = ROOT / "demo" / "photographs"
SERVE = [
    sys.executable,
    "{model_dir}/code",
    "--port",
    "{port}",
    "--model-dir",
    "{model_dir}",
]
"""The command that stands in for the demo's container image."""


@dataclass(slots=True)
class _Seen:
    """What the rehearsal has seen so far; a failure ends it with this much.

    Attributes:
        failure: Why it did not come to its end; None once it has.
    """

    stacks: tuple[StackRow, ...] = ()
    transforms: tuple[TransformRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    notifications: tuple[NotificationRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    photographs: tuple[Photograph, ...] = ()
    failure: str | None = "the rehearsal was interrupted"

    def report(self, seconds: float) -> Report:
        """The report, ok only if everything happened as it should."""
        good = (
            self.failure is None
            and all(
                row.status == "Completed" and not row.failed_inputs
                for row in self.transforms
            )
            and all(run.status == run.expected for run in self.runs)
            and told_of(self.notifications) == len(self.runs)
            and all(claim.ok for claim in self.claims)
        )
        return Report(
            status="ok" if good else "failed",
            seconds=seconds,
            stacks=self.stacks,
            transforms=self.transforms,
            runs=self.runs,
            notifications=self.notifications,
            answers=self.answers,
            claims=self.claims,
            photographs=self.photographs,
            failure=self.failure,
        )


def serve(home: Path) -> NoReturn:
    """Run the embedded AWS, ready for the rehearsal's environment, until it is stopped.

    Args:
        home: The folder for the data to upload and for the embedded AWS's own files.

    Raises:
        StartError: It did not start.
        StepError: It ended by itself, or another rehearsal runs in this folder.
    """
    environment = _environment()
    with alone(home), _aws(environment, home) as aws:
        _lay_out_data(home)
        Company(aws=aws, environment=environment).hire()
        # What a shell has of its own would go before the credentials below.
        print("unset AWS_DEFAULT_PROFILE AWS_PROFILE AWS_SESSION_TOKEN")
        for name, value in sorted(aws.environment.items()):
            print(f"export {name}={shlex.quote(value)}")
        print(f"# Data to upload: {home / 'data'}. Serving until Ctrl-C.", flush=True)
        code = aws.wait()
        raise StepError(f"The embedded AWS ended by itself, with code {code}.")


def rehearse(home: Path) -> Report:
    """Deploy, run, look, remove; the report is left in the folder.

    A step that fails ends the walk and stands in the report.

    Args:
        home: The folder of the rehearsal.

    Raises:
        StepError: Another rehearsal is running in this folder.
    """
    with alone(home):
        return _rehearsed(_environment(), home)


def _rehearsed(environment: Environment, home: Path) -> Report:
    began = time.monotonic()
    for old in ("report.json", "report.html", LOG):
        (home / old).unlink(missing_ok=True)
    seen = _Seen()
    try:
        _lay_out_data(home)
        with _aws(environment, home) as aws:
            _walk(Company(aws=aws, environment=environment), seen, home)
        seen.failure = None
    except (
        StartError,
        StepError,
        WrongResultError,
        QueryError,
        BotoCoreError,
        ClientError,
    ) as error:
        seen.failure = str(error)
    finally:
        report = seen.report(time.monotonic() - began)
        (home / "report.json").write_text(json.dumps(to_json(report), indent=2) + "\n")
        (home / "report.html").write_text(to_html(report), encoding="utf-8")
    print("\n" + to_terminal(report))
    print(f"The photographs with their boxes: {home / 'report.html'}")
    return report


@contextlib.contextmanager
def _aws(environment: Environment, home: Path) -> Iterator[EmbeddedAws]:
    """An embedded AWS whose log, if there is something in it, outlives it."""
    with EmbeddedAws(images=images_of(environment), home=home) as aws:
        try:
            yield aws
        finally:
            if log := aws.log():
                (home / LOG).write_text(log)
                print(f"What the embedded AWS logged: {home / LOG}", file=sys.stderr)


def _walk(company: Company, seen: _Seen, home: Path) -> None:
    environment, shell = company.environment, shell_of(company.aws)
    with step("Prepare the account: people's roles and `cdk bootstrap`"):
        company.hire()
        account = f"aws://{environment.account}/{environment.region}"
        # Elsewhere than in the project, whose app it would synthesize first.
        command(["cdk", "bootstrap", account], shell, folder=company.aws.folder)
        before = inventory(company)
    with step("Deploy: foundation and operations, upload, transforms"):
        try:
            _operate("deploy", environment, shell, "--data", str(home / "data"))
        except StepError:
            seen.transforms = tuple(
                read_failure(company, each) for each in environment.transforms
            )
            raise
        finally:
            seen.stacks = stacks_of(company)
    with step("Read the results as a reader, through the endpoint"):
        found = [
            read_results(company, each)
            for each in environment.transforms
            if each.on_deploy != "none"
        ]
        seen.transforms = tuple(row for row, _ in found)
        seen.photographs = tuple(each for _, some in found for each in some)
    with step("Try to break the promises"):
        seen.claims = (*try_claims(company), *try_tampering(company))
    with (
        step("Run by schedule, by upload, by hand and in shards, and hear of it"),
        subscribed(company) as subscriber,
    ):
        for each in environment.transforms:
            in_shards = each.runs is not None and each.runs.shards is not None
            kind = InShards if in_shards else Nights
            for row in kind(company=company, transform=each).pass_by():
                seen.runs += (row,)
        seen.notifications = subscriber.heard(len(seen.runs))
    with step("Query the results as an analyst"):
        for each in environment.transforms:
            seen.answers += tuple(questions(company, each))
    with step("Remove everything"):
        _operate("remove", environment, shell, "--yes")
        require_nothing_new(company, before)


def images_of(environment: Environment) -> dict[str, list[str]]:
    """Serve every image of an environment with the demo's model."""
    return {
        container.image: SERVE
        for transform in environment.transforms
        for container in transform.model.containers
        if container.image is not None
    }


def shell_of(aws: EmbeddedAws) -> Mapping[str, str]:
    """What a command needs to find its tools and the embedded AWS, and no more."""
    tools = [
        str(Path(sys.executable).parent),
        str(ROOT / "node_modules" / ".bin"),
        os.environ.get("PATH", os.defpath),
    ]
    return {
        **aws.environment,
        "PATH": os.pathsep.join(tools),
        "HOME": str(aws.folder),
        "TMPDIR": str(aws.folder),
        "LANG": "C.UTF-8",
        "CDK_HOME": str(ROOT / "build" / "cdk-home"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_NOTICES": "false",
        # The gate of `make test` validates; here it would only cost time.
        "CDK_VALIDATION": "false",
    }


def _environment() -> Environment:
    return load_environment(
        ROOT / "environments" / "rehearsal", today=datetime.now(UTC).date()
    )


def _lay_out_data(home: Path) -> None:
    """Lay out the data to be uploaded, as somebody would who has it on a laptop."""
    data = home / "data"
    try:
        shutil.rmtree(data, ignore_errors=True)
        for folder in ("models/faces", "inputs/photos"):
            (data / folder).mkdir(parents=True)
        shutil.copy(ARTIFACT, data / "models" / "faces" / "model.tar.gz")
        for photograph in sorted(PHOTOGRAPHS.glob("*.jpg")):
            shutil.copy(photograph, data / "inputs" / "photos")
    except OSError as error:
        raise StepError(
            f"The data to upload was not laid out in {data}: {error}"
        ) from error


def _operate(
    operation: str, environment: Environment, shell: Mapping[str, str], *more: str
) -> None:
    command(
        [sys.executable, "-m", "operate", operation, environment.name, *more], shell
    )
