from datetime import date
from pathlib import Path

from bench import launcher_asset
from bench.environments import write_environment
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


def test_the_launchers_asset_is_small() -> None:
    (row,) = launcher_asset.measure()

    assert row.measured.value > 1
    assert row.within_bound
