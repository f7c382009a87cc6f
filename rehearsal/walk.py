"""The whole rehearsal: everything from nothing, and nothing left at the end."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from demo.model import ARTIFACT
from private_transform.environment import Environment, load_environment
from rehearsal.claims import try_claims
from rehearsal.company import Company
from rehearsal.process import ROOT, EmbeddedAws, StartError
from rehearsal.rejected import run_with_a_broken_photograph
from rehearsal.report import (
    ClaimRow,
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
from rehearsal.steps import StepError, alone, command, step

HOME = ROOT / "build" / "rehearsal"
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
    """What the rehearsal has seen so far; a failure ends it with this much."""

    stacks: tuple[StackRow, ...] = ()
    transforms: tuple[TransformRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    photographs: tuple[Photograph, ...] = ()
    failure: str | None = None

    def report(self, seconds: float) -> Report:
        """The report, ok only if everything happened as it should."""
        good = (
            self.failure is None
            and all(
                row.status == "Completed" and not row.failed_inputs
                for row in self.transforms
            )
            and all(run.status == run.expected for run in self.runs)
            and all(claim.ok for claim in self.claims)
        )
        return Report(
            status="ok" if good else "failed",
            seconds=seconds,
            stacks=self.stacks,
            transforms=self.transforms,
            runs=self.runs,
            claims=self.claims,
            photographs=self.photographs,
            failure=self.failure,
        )


def serve() -> int:
    """Run the embedded AWS, ready for the rehearsal's environment, until it ends."""
    environment = _environment()
    with alone(HOME), EmbeddedAws(images=images_of(environment), home=HOME) as aws:
        _prepare()
        Company(aws=aws, environment=environment).hire()
        for name, value in sorted(aws.environment.items()):
            print(f"export {name}={shlex.quote(value)}")
        print(f"# Data to upload: {HOME / 'data'}. Serving until Ctrl-C.", flush=True)
        return aws.wait()


def rehearse() -> Report:
    """Deploy, run, look, remove; the report is left in `build/rehearsal`.

    A step that fails ends the walk and stands in the report.

    Raises:
        StepError: Another rehearsal is running in this folder.
    """
    with alone(HOME):
        return _rehearsed(_environment())


def _rehearsed(environment: Environment) -> Report:
    began = time.monotonic()
    _prepare()
    seen = _Seen()
    try:
        with EmbeddedAws(images=images_of(environment), home=HOME) as aws:
            _walk(Company(aws=aws, environment=environment), shell_of(aws), seen)
    except (
        StartError,
        StepError,
        WrongResultError,
        BotoCoreError,
        ClientError,
    ) as error:
        seen.failure = str(error)
    report = seen.report(time.monotonic() - began)
    (HOME / "report.json").write_text(json.dumps(to_json(report), indent=2) + "\n")
    (HOME / "report.html").write_text(to_html(report), encoding="utf-8")
    print("\n" + to_terminal(report))
    print(f"The photographs with their boxes: {HOME / 'report.html'}")
    return report


def _walk(company: Company, shell: Mapping[str, str], seen: _Seen) -> None:
    environment = company.environment
    with step("Prepare the account: people's roles and `cdk bootstrap`"):
        company.hire()
        account = f"aws://{environment.account}/{environment.region}"
        # Elsewhere than in the project, whose app it would synthesize first.
        bootstrap = ["cdk", "bootstrap", account, "--no-notices"]
        command(bootstrap, shell, folder=company.aws.folder)
    with step("Deploy: foundation and operations, upload, transforms"):
        try:
            _operate("deploy", environment, shell, "--data", str(HOME / "data"))
        finally:
            seen.stacks = _stacks(company)
    with step("Read the results as a reader, through the endpoint"):
        found = [read_results(company, each) for each in environment.transforms]
        seen.transforms = tuple(row for row, _ in found)
        seen.photographs = tuple(each for _, some in found for each in some)
    with step("Try to break the promises"):
        seen.claims = try_claims(company)
    with step("Run again by hand, with a broken photograph among the inputs"):
        seen.runs = tuple(
            run_with_a_broken_photograph(company, each)
            for each in environment.transforms
        )
    with step("Remove everything"):
        _operate("remove", environment, shell, "--yes")
        _require_nothing_left(company)


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
        # The gate of `make test` validates; here it would only cost time.
        "CDK_VALIDATION": "false",
    }


def _environment() -> Environment:
    return load_environment(
        ROOT / "environments" / "rehearsal", today=datetime.now(UTC).date()
    )


def _prepare() -> None:
    """Lay out the data to be uploaded, as somebody would who has it on a laptop."""
    data = HOME / "data"
    shutil.rmtree(data, ignore_errors=True)
    for folder in ("models/faces", "inputs/photos"):
        (data / folder).mkdir(parents=True)
    shutil.copy(ARTIFACT, data / "models" / "faces" / "model.tar.gz")
    for photograph in sorted(PHOTOGRAPHS.glob("*.jpg")):
        shutil.copy(photograph, data / "inputs" / "photos")
    for old in ("report.json", "report.html"):
        (HOME / old).unlink(missing_ok=True)


def _operate(
    operation: str, environment: Environment, shell: Mapping[str, str], *more: str
) -> None:
    command(
        [sys.executable, "-m", "operate", operation, environment.name, *more], shell
    )


def _stacks(company: Company) -> tuple[StackRow, ...]:
    prefix = company.environment.stack_name("")
    found = company.client("cloudformation").describe_stacks()["Stacks"]
    return tuple(
        StackRow(name=stack["StackName"], status=stack["StackStatus"])
        for stack in sorted(found, key=lambda stack: str(stack["StackName"]))
        if stack["StackName"].startswith(prefix)
    )


def _require_nothing_left(company: Company) -> None:
    """The documented removal leaves no stack, bucket, model or running job."""
    prefix = company.environment.stack_name("")
    left = [row.name for row in _stacks(company)]
    left += [
        bucket["Name"]
        for bucket in company.client("s3").list_buckets()["Buckets"]
        if bucket["Name"].startswith(prefix)
    ]
    sagemaker = company.client("sagemaker")
    left += [model["ModelName"] for model in sagemaker.list_models()["Models"]]
    running = sagemaker.list_transform_jobs(StatusEquals="InProgress")
    left += [job["TransformJobName"] for job in running["TransformJobSummaries"]]
    if left:
        raise StepError(f"the removal left something behind: {', '.join(left)}")
