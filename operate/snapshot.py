"""Keep the templates that are deployed, as an assembly to compare with."""

import json
import shutil
from pathlib import Path
from typing import Any

from operate.deploy import ROOT
from operate.deployed import Deployed, OperationError


def snapshot_folder(environment: str) -> Path:
    """Where the snapshot of an environment lies."""
    return ROOT / "build" / "snapshot" / environment


def snapshot(deployed: Deployed, folder: Path) -> None:
    """Write what is deployed into a folder; an earlier snapshot there goes.

    Args:
        deployed: The environment.
        folder: Where to.

    Raises:
        OperationError: Nothing is deployed.
    """
    environment = deployed.environment
    names = deployed.stack_names()
    if not names:
        raise OperationError(
            f"nothing of {environment.name} is deployed in {environment.region}; a "
            "review of its first deployment needs no snapshot"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    artifacts: dict[str, Any] = {}
    for name in sorted(names):
        stack = deployed.stack(name)
        if stack is None:
            continue
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps(_template(deployed, name), indent=1))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{environment.account}/{environment.region}",
            "properties": {
                "templateFile": file,
                "terminationProtection": stack.get(
                    "EnableTerminationProtection", False
                ),
            },
        }
    text = json.dumps({"version": "1", "artifacts": artifacts}, indent=1)
    (folder / "manifest.json").write_text(text)
    print(f"{len(artifacts)} stacks of {environment.name}: {folder}")


def _template(deployed: Deployed, name: str) -> Any:
    body = deployed.cloudformation.get_template(
        StackName=name, TemplateStage="Original"
    )["TemplateBody"]
    # What is no JSON comes as text; none of ours is that.
    return json.loads(body) if isinstance(body, str) else body
