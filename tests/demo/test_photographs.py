from pathlib import Path

from PIL import Image


def files(photographs: Path) -> list[Path]:
    return sorted(photographs.glob("*.jpg"))


def test_there_are_at_least_seven_and_they_are_small(photographs: Path) -> None:
    assert len(files(photographs)) >= 7
    assert sum(file.stat().st_size for file in files(photographs)) < 600_000
    for file in files(photographs):
        with Image.open(file) as photograph:
            assert max(photograph.size) <= 640


def test_each_is_credited_and_nothing_else_is(photographs: Path) -> None:
    rows = (photographs / "CREDITS.md").read_text().splitlines()
    credited = [row.split("`")[1] for row in rows if row.startswith("| `")]
    assert credited == [file.name for file in files(photographs)]


def test_none_carries_metadata(photographs: Path) -> None:
    for file in files(photographs):
        with Image.open(file) as photograph:
            assert set(photograph.info) <= {
                *("jfif", "jfif_version", "jfif_unit", "jfif_density")
            }, file.name
