"""The three steps of a deployment: ground, data, transforms."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from operate.deployed import SHARED, Deployed, OperationError
from operate.failures import reasons
from operate.upload import upload

ROOT = Path(__file__).resolve().parents[1]


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
        OperationError: A step failed; the CDK CLI has said why.
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
    assembly = ROOT / "build" / "assemblies" / environment.name
    print(f"Synthesizing {environment.name}", flush=True)
    _synthesize(environment.name, environments, assembly)
    if transform is None:
        for part in SHARED:
            _deploy(deployed, assembly, environment.stack_name(part))
    if data is not None:
        print(f"Uploading {data}", flush=True)
        upload(deployed, data)
    failures = []
    for stack in map(environment.stack_name, transforms):
        try:
            _deploy(deployed, assembly, stack)
        except OperationError as error:
            failures.append(str(error))
    if failures:
        raise OperationError("\n".join(failures))


def _synthesize(name: str, environments: Path | None, assembly: Path) -> None:
    """Write the assembly as the CDK CLI would, in one step instead of one for each."""
    context = {"environment": name}
    if environments is not None:
        context["environments"] = str(environments.resolve())
    shutil.rmtree(assembly, ignore_errors=True)
    _run(
        [sys.executable, str(ROOT / "app.py")],
        {
            **os.environ,
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(assembly),
        },
    )


def _deploy(deployed: Deployed, assembly: Path, stack: str) -> None:
    """Deploy one stack of the assembly, and no other."""
    print(f"Deploying {stack}", flush=True)
    command = ["cdk", "deploy", stack, "--app", str(assembly), "--exclusively"]
    options = ["--require-approval", "never", "--progress", "events"]
    try:
        _run([*command, *options], os.environ)
    except OperationError as error:
        why = reasons(deployed, stack)
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
