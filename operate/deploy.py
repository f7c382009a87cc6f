"""The three steps of a deployment: ground, data, transforms."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from operate.deployed import SHARED, Deployed, OperationError
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
        ground = [environment.stack_name(part) for part in SHARED]
        print("Deploying " + " and ".join(ground), flush=True)
        _deploy(assembly, ground)
    if data is not None:
        print(f"Uploading {data}", flush=True)
        upload(deployed, data)
    failed = []
    for stack in map(environment.stack_name, transforms):
        print(f"Deploying {stack}", flush=True)
        try:
            _deploy(assembly, [stack])
        except OperationError:
            failed.append(stack)
    if failed:
        raise OperationError(
            f"not deployed: {', '.join(failed)}; the reason stands above. Everything "
            "else is as it should be"
        )


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


def _deploy(assembly: Path, stacks: Sequence[str]) -> None:
    _run(
        [
            "cdk",
            "deploy",
            "--app",
            str(assembly),
            "--exclusively",
            "--require-approval",
            "never",
            "--progress",
            "events",
            *stacks,
        ],
        os.environ,
    )


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment)
    except FileNotFoundError:
        raise OperationError(
            f"{command[0]} was not found; run this through make, which installs it"
        ) from None
    if done.returncode:
        raise OperationError(f"`{' '.join(command)}` failed; its reason stands above")
