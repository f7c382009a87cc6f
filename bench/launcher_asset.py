"""How large the launcher's code is when it is uploaded."""

import io
import json
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from bench.interleaved import Measured, cpu_seconds
from bench.row import Row
from bench.synth import synthesis

LAUNCHER = "handlers.entry.on_event"
"""The handler of the function that CloudFormation's requests reach."""


def measure() -> list[Row]:
    """Synthesize an environment and zip the asset that its launcher names."""
    with tempfile.TemporaryDirectory() as scratch:
        assembly = Path(scratch, "assembly")
        command = synthesis(Path(scratch, "environments"), transforms=1)
        variables = {**command.variables, "CDK_OUTDIR": str(assembly)}
        cpu_seconds(replace(command, variables=variables))
        size = zipped(launcher_asset(assembly)) / 1000
    return [
        Row(
            name="launcher's asset, zipped",
            measured=Measured(value=size, spread=(size, size), rounds=1),
            unit="KB",
            bound=100,
        )
    ]


def launcher_asset(assembly: Path) -> Path:
    """The folder that is uploaded as the code of an assembly's launcher."""
    (found,) = {
        _source(template, resource["Properties"]["Code"]["S3Key"])
        for template in assembly.glob("*.template.json")
        for resource in json.loads(template.read_text())["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
        and resource["Properties"]["Handler"] == LAUNCHER
    }
    return found


def _source(template: Path, key: str) -> Path:
    """Where an asset lies, by the name under which its template expects it."""
    manifest = template.with_name(template.name.replace(".template.", ".assets."))
    asset = json.loads(manifest.read_text())["files"][key.removesuffix(".zip")]
    return template.with_name(asset["source"]["path"])


def zipped(folder: Path) -> int:
    """Bytes of a folder as the CDK CLI uploads it: deflated, file by file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.write(source, source.relative_to(folder))
    return len(buffer.getvalue())
