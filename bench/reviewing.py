"""What a review costs, and what fifty transforms make of it."""

import json
import tempfile
from pathlib import Path

from bench.environments import write_environment
from bench.interleaved import (
    ROOT,
    Command,
    cpu_seconds,
    over,
    rounds_of,
)
from bench.memory import peak_megabytes
from bench.row import Row

ROUNDS = 3
SIZES = {1: "one transform", 50: "50 transforms"}


def measure() -> list[Row]:
    """Review what is created, with 1 and 50 transforms, beside an empty app."""
    with tempfile.TemporaryDirectory() as folder:
        reviews = {size: review(Path(folder), transforms=size) for size in SIZES}
        empty = Command(label="empty", arguments=[str(ROOT / "bench/empty_app.py")])
        rounds = rounds_of([empty, *reviews.values()], ROUNDS)
        peaks = {size: peak_megabytes(each) for size, each in reviews.items()}
    return [
        Row(
            name="review of one transform / an empty CDK app, CPU",
            measured=over(rounds, lambda cpu: cpu["1"] / cpu["empty"]),
            unit="x",
            bound=16,
        ),
        Row(
            name="review of 50 transforms / of one, CPU",
            measured=over(rounds, lambda cpu: cpu["50"] / cpu["1"]),
            unit="x",
            bound=10,
        ),
        *(
            Row(
                name=f"review of {SIZES[size]}, peak of all its processes",
                measured=over([{"peak": peak}], lambda it: it["peak"]),
                unit="MB",
                bound=500,
            )
            for size, peak in peaks.items()
        ),
    ]


def review(folder: Path, *, transforms: int) -> Command:
    """The review of an environment that is synthesized for it, labelled by its size."""
    name = write_environment(folder / "environments", transforms=transforms)
    context = {"environment": name, "environments": str(folder / "environments")}
    assembly = folder / name
    cpu_seconds(
        Command(
            label=name,
            arguments=["app.py"],
            variables={
                "CDK_CONTEXT_JSON": json.dumps(context),
                "CDK_OUTDIR": str(assembly),
            },
        )
    )
    return Command(
        label=str(transforms),
        arguments=["-m", "review", str(assembly), "--fail-on", "never"],
    )
