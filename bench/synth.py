"""What a synth costs, and what each further transform adds to it."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.environments import write_environment
from bench.interleaved import ROOT, Command, Round, cpu_seconds, over, rounds_of
from bench.row import Row

ROUNDS = 7
SIZES = (1, 50, 100)
FULL = 50
"""How many transforms the environment with all options has."""


def measure() -> list[Row]:
    """Synthesize environments of 1, 50 and 100 transforms beside an empty app."""
    with tempfile.TemporaryDirectory() as environments:
        plain = [synthesis(Path(environments), transforms=size) for size in SIZES]
        full = synthesis(Path(environments), transforms=FULL, options=True)
        added = _resources(full) - _resources(plain[SIZES.index(FULL)])
        rounds = rounds_of(
            [
                Command(label="empty", arguments=[str(ROOT / "bench/empty_app.py")]),
                *plain,
                full,
            ],
            ROUNDS,
        )
    return [
        Row(
            name="app.py with one transform / an empty CDK app, CPU",
            measured=over(rounds, lambda cpu: cpu["1"] / cpu["empty"]),
            unit="x",
            bound=3.0,
        ),
        Row(
            name="each further transform, CPU",
            measured=over(rounds, lambda cpu: _each(cpu, 1, 100)),
            unit="ms",
            bound=40,
        ),
        Row(
            name="a transform between 50 and 100 / between 1 and 50, CPU",
            measured=over(rounds, lambda cpu: _each(cpu, 50, 100) / _each(cpu, 1, 50)),
            unit="x",
            bound=1.5,
        ),
        Row(
            name="each resource that options add, CPU",
            measured=over(
                rounds, lambda cpu: 1000 * (cpu["full"] - cpu[str(FULL)]) / added
            ),
            unit="ms",
            bound=1.5,
        ),
    ]


def synthesis(environments: Path, *, transforms: int, options: bool = False) -> Command:
    """The synth of an environment that is written for it, labelled with its size."""
    name = write_environment(environments, transforms=transforms, options=options)
    context = {"environment": name, "environments": str(environments)}
    return Command(
        label="full" if options else str(transforms),
        arguments=["app.py"],
        variables={"CDK_CONTEXT_JSON": json.dumps(context)},
    )


def _resources(command: Command) -> int:
    """How many resources the templates of a synth have."""
    with tempfile.TemporaryDirectory() as outdir:
        cpu_seconds(
            replace(command, variables={**command.variables, "CDK_OUTDIR": outdir})
        )
        return sum(
            len(json.loads(file.read_text())["Resources"])
            for file in Path(outdir).glob("*.template.json")
        )


def _each(cpu: Round, fewer: int, more: int) -> float:
    """Milliseconds for one more transform between two sizes."""
    return 1000 * (cpu[str(more)] - cpu[str(fewer)]) / (more - fewer)
