"""The three steps of a deployment: ground, data, transforms."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from operate.deployed import Deployed, OperationError
from operate.upload import upload

ROOT = Path(__file__).resolve().parents[1]


def deploy(
    deployed: Deployed, *, environments: Path | None = None, data: Path | None = None
) -> None:
    """Deploy foundation and operations, upload, then deploy each transform.

    CreateModel reads the artifact, so a transform needs its data before it is
    deployed. A transform that fails leaves everything else as it is.

    Args:
        deployed: The environment.
        environments: The folder that holds the environment's folder, when it is not
            the project's own.
        data: What to upload between the steps; None to upload nothing.

    Raises:
        OperationError: A step failed; the CDK CLI has said why.
    """
    environment = deployed.environment
    assembly = ROOT / "build" / "assemblies" / environment.name
    context = [f"environment={environment.name}"]
    if environments is not None:
        context.append(f"environments={environments.resolve()}")
    print(f"Synthesizing {environment.name}", flush=True)
    _cdk("synth", "--quiet", "--output", str(assembly), *_contexts(context))

    ground = [environment.stack_name(part) for part in ("foundation", "operations")]
    print("Deploying " + " and ".join(ground), flush=True)
    _deploy(assembly, ground)
    if data is not None:
        print(f"Uploading {data}", flush=True)
        upload(deployed, data)
    failed = []
    for transform in environment.transforms:
        stack = environment.stack_name(transform.name)
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


def _contexts(pairs: Sequence[str]) -> list[str]:
    return [word for pair in pairs for word in ("--context", pair)]


def _deploy(assembly: Path, stacks: Sequence[str]) -> None:
    _cdk(
        "deploy",
        "--app",
        str(assembly),
        "--exclusively",
        "--require-approval",
        os.environ.get("REQUIRE_APPROVAL", "never"),
        "--progress",
        "events",
        *stacks,
    )


def _cdk(*arguments: str) -> None:
    command = ["cdk", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT)
    except FileNotFoundError:
        raise OperationError(
            "the CDK CLI was not found; run this through make, which installs it"
        ) from None
    if done.returncode:
        raise OperationError(f"`{' '.join(command)}` failed; its reason stands above")
