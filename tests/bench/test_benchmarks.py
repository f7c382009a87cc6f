from dataclasses import fields
from datetime import date
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import FEATURE_FLAGS, create_stacks
from bench.cold_start import COMMANDS
from bench.environments import write_environment
from bench.interleaved import Command, cpu_seconds
from bench.launcher_asset import launcher_asset, zipped
from private_transform.environment import load_environment


def test_a_written_environment_has_the_transforms_that_were_asked_for(
    tmp_path: Path,
) -> None:
    name = write_environment(tmp_path, transforms=3)

    environment = load_environment(tmp_path / name, today=date(2026, 1, 1))

    assert [each.name for each in environment.transforms] == [
        "faces-0",
        "faces-1",
        "faces-2",
    ]


def test_a_transform_with_every_option_is_a_small_stack(tmp_path: Path) -> None:
    name = write_environment(tmp_path / "environments", transforms=1, options=True)
    environment = load_environment(
        tmp_path / "environments" / name, today=date(2026, 1, 1)
    )
    (transform,) = environment.transforms
    assert transform.runs is not None
    off = {
        each.name
        for each in fields(transform.runs)
        if getattr(transform.runs, each.name) == each.default
    }
    # Of these, none adds a resource, and some are not for shards.
    assert off == {"select", "ready", "on_empty", "overlap"}
    assert transform.results is not None

    app = cdk.App(
        outdir=str(tmp_path / "assembly"),
        post_cli_context=FEATURE_FLAGS,
        analytics_reporting=False,
    )
    create_stacks(app, environment)
    template = app.synth().get_stack_by_name(f"{name}-faces-0").template

    assert len(template["Resources"]) < 60


def test_the_launchers_asset_is_what_its_function_names(tmp_path: Path) -> None:
    name = write_environment(tmp_path / "environments", transforms=1)
    environment = load_environment(
        tmp_path / "environments" / name, today=date(2026, 1, 1)
    )
    app = cdk.App(
        outdir=str(tmp_path / "assembly"),
        post_cli_context=FEATURE_FLAGS,
        analytics_reporting=False,
    )
    create_stacks(app, environment)
    app.synth()

    asset = launcher_asset(tmp_path / "assembly")

    assert asset.parent == tmp_path / "assembly"
    files = [each for each in asset.rglob("*") if each.is_file()]
    assert asset / "handlers" / "entry.py" in files
    assert 1000 < zipped(asset) < sum(each.stat().st_size for each in files)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.label)
def test_what_the_cold_start_compares_does_start(command: Command) -> None:
    assert cpu_seconds(command) > 0
