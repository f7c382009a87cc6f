from bench.interleaved import Measured
from bench.row import Row, table


def row(value: float) -> Row:
    measured = Measured(value=value, spread=(value - 1, value + 1), rounds=7)
    return Row(name="a synth", measured=measured, unit="x", bound=3.0)


def test_a_row_in_json_has_every_column() -> None:
    assert row(2.5).as_json() == {
        "name": "a synth",
        "value": 2.5,
        "unit": "x",
        "bound": 3.0,
        "within_bound": True,
        "rounds": 7,
        "spread": (1.5, 3.5),
    }


def test_a_bound_is_broken_above_it_and_not_at_it() -> None:
    assert row(3.0).within_bound
    assert not row(3.01).within_bound


def test_the_table_says_which_row_breaks_its_bound() -> None:
    headings, good, bad = table([row(2.5), row(3.5)]).splitlines()

    assert headings.split("  ")[0] == "name"
    assert "yes" in good
    assert "NO" in bad
