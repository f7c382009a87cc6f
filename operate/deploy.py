"""The three steps of a deployment: ground, data, transforms."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from operate.deployed import SHARED, Deployed, OperationError
from operate.failures import newest_event, reasons
from operate.upload import Upload

ROOT = Path(__file__).resolve().parents[1]
ASSEMBLIES = ROOT / "build" / "assemblies"


def deploy(
    deployed: Deployed,
    *,
    environments: Path | None = None,
    data: Path | None = None,
    transform: str | None = None,
) -> None:
    """Deploy foundation and operations, upload, then deploy each transform.

    CreateModel reads the artifact, so a transform needs its data before it is
    deployed. A transform that fails leaves everything else as it is.

    Args:
        deployed: The environment.
        environments: The folder that holds the environment's folder, when it is not
            the project's own.
        data: What to upload between the steps; None to upload nothing.
        transform: Deploy this transform alone and touch no other stack; None deploys
            everything.

    Raises:
        OperationError: A step failed; the CDK CLI has said why. Nothing is deployed
            when there is nothing to upload, or nobody who may.
    """
    environment = deployed.environment
    transforms = [each.name for each in environment.transforms]
    if transform is not None:
        if transform not in transforms:
            raise OperationError(
                f"{environment.name} has no transform {transform!r}; it has "
                f"{', '.join(transforms) or 'none'}"
            )
        transforms = [transform]
    upload = None if data is None else Upload.prepare(deployed, data)
    with _synthesized(environment.name, environments) as assembly:
        if transform is None:
            for part in SHARED:
                _deploy(deployed, assembly, environment.stack_name(part))
        if upload is not None:
            print(f"Uploading {data}", flush=True)
            upload.run()
        _deploy_each(deployed, assembly, map(environment.stack_name, transforms))


def _deploy_each(deployed: Deployed, assembly: Path, stacks: Iterable[str]) -> None:
    """Deploy every stack, whatever becomes of the others, and tell all failures."""
    failures = []
    for stack in stacks:
        try:
            _deploy(deployed, assembly, stack)
        except OperationError as error:
            failures.append(str(error))
    if failures:
        raise OperationError("\n".join(failures))


@contextlib.contextmanager
def _synthesized(name: str, environments: Path | None) -> Iterator[Path]:
    """The assembly as the CDK CLI would write it, once instead of for each stack.

    Each deployment has its own: two may run at once.
    """
    print(f"Synthesizing {name}", flush=True)
    context = {"environment": name}
    if environments is not None:
        context["environments"] = str(environments.resolve())
    ASSEMBLIES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ASSEMBLIES, prefix=f"{name}-") as assembly:
        _run(
            [sys.executable, str(ROOT / "app.py")],
            {
                **os.environ,
                "CDK_CONTEXT_JSON": json.dumps(context),
                "CDK_OUTDIR": assembly,
            },
        )
        yield Path(assembly)


def _deploy(deployed: Deployed, assembly: Path, stack: str) -> None:
    """Deploy one stack of the assembly, and no other."""
    print(f"Deploying {stack}", flush=True)
    command = ["cdk", "deploy", stack, "--app", str(assembly), "--exclusively"]
    options = ["--require-approval", "never", "--progress", "events"]
    before = newest_event(deployed, stack)
    try:
        _run([*command, *options], os.environ)
    except OperationError as error:
        why = reasons(deployed, stack, since=before)
        if not why:
            raise
        raise OperationError("\n".join([f"{stack} was not deployed.", *why])) from error


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment)
    except FileNotFoundError:
        raise OperationError(
            f"{command[0]} was not found; run this through make, which installs it"
        ) from None
    if done.returncode:
        raise OperationError(f"`{' '.join(command)}` failed; its reason stands above")
