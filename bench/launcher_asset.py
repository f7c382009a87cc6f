"""How large the launcher's code is when it is uploaded."""

import io
import zipfile
from pathlib import Path

from bench.interleaved import ROOT, Measured
from bench.row import Row

HANDLERS = ROOT / "constructs" / "private_transform" / "handlers"


def measure() -> list[Row]:
    """Zip the `handlers` package as the CDK CLI does: deflated, without bytecode."""
    size = _zipped(HANDLERS) / 1000
    return [
        Row(
            name="launcher's asset, zipped",
            measured=Measured(value=size, spread=(size, size), rounds=1),
            unit="KB",
            bound=100,
        )
    ]


def _zipped(package: Path) -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sorted(package.rglob("*.py")):
            archive.write(source, source.relative_to(package.parent))
    return len(buffer.getvalue())
