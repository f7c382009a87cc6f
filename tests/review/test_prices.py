"""What a run costs at most, where somebody wrote down the price."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from review.bad_input import BadInputError
from review.change import Change
from review.delta.jobs import findings, job_effects
from review.prices import Prices, prices_in
from review.scene import scene_of
from tests.review.conftest import ROOT, Bases
from tests.review.draft import Draft, prop

PRICES = Prices(
    as_of=date(2026, 11, 1),
    usd_per_hour={
        "us-east-1": {"ml.m5.large": Decimal("0.115"), "ml.m5.xlarge": Decimal("0.23")}
    },
)


def read(tree: Path, text: str) -> Prices | None:
    (tree / "prices.yaml").write_text(text, "utf-8")
    return prices_in(tree)


def test_the_prices_that_are_shipped_can_be_read() -> None:
    prices = prices_in(ROOT)
    assert prices is not None
    assert prices.at_most("us-east-1", ["ml.m5.large"], 1) == Decimal("0.115")


def test_a_tree_without_prices_has_none(tmp_path: Path) -> None:
    assert prices_in(tmp_path) is None


@pytest.mark.parametrize(
    ("types", "count", "price"),
    [
        (["ml.m5.large"], 1, "0.115"),
        (["ml.m5.large"], 4, "0.460"),
        (["ml.m5.large", "ml.m5.xlarge"], 2, "0.46"),
        (["ml.m5.large", "ml.p5.48xlarge"], 1, None),
        (["ml.p5.48xlarge"], 1, None),
        ([], 1, None),
    ],
)
def test_the_dearest_type_counts_and_an_unknown_price_says_nothing(
    types: list[str], count: int, price: str | None
) -> None:
    expected = None if price is None else Decimal(price)
    assert PRICES.at_most("us-east-1", types, count) == expected
    assert PRICES.at_most("eu-west-1", types, count) is None


BELOW = "as_of: 2026-11-01\nusd_per_hour:\n  us-east-1:\n"


@pytest.mark.parametrize(
    ("text", "place", "rule", "fix"),
    [
        (
            f"{BELOW}    ml.m5.xlrge: 0.23\n",
            "4 usd_per_hour.us-east-1.ml.m5.xlrge",
            "ml.m5.xlrge is no type for transform jobs.",
            "Did you mean ml.m5.xlarge?",
        ),
        (
            f"{BELOW}    m5.xlarge: 0.23\n",
            "4 usd_per_hour.us-east-1.m5.xlarge",
            "m5.xlarge is no type for transform jobs.",
            "Did you mean ml.m5.xlarge?",
        ),
        (
            "as_of: 2026-11-01\nusd_per_hour:\n  us-east1: {}\n",
            "3 usd_per_hour.us-east1",
            "us-east1 is no region of SageMaker.",
            "Did you mean us-east-1?",
        ),
        (
            "as_of: 2026-11-01\nusd_per_hour:\n  '?': {}\n",
            "3 usd_per_hour.?",
            "? is no region of SageMaker.",
            "Write it as in `ml.m5.large: 0.115`",
        ),
        (
            "as_off: 2026-11-01\nusd_per_hour: {}\n",
            "1 as_off",
            "as_off is no key here.",
            "Did you mean as_of?",
        ),
        (
            "as_of: 2026-11-01\n",
            "1 usd_per_hour",
            "This has to be there.",
            "Write usd_per_hour too.",
        ),
    ],
)
def test_a_word_that_means_nothing_is_named_with_what_was_meant(
    text: str, place: str, rule: str, fix: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError) as error:
        read(tmp_path, text)
    lines = str(error.value).split("\n    ")
    assert lines[:2] == [f"{tmp_path / 'prices.yaml'}:{place}", rule]
    assert lines[2].startswith(fix)


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (f"{BELOW}    ml.m5.large: cheap\n", 4, "cheap is no price."),
        (f"{BELOW}    ml.m5.large: -1\n", 4, "-1 is no price."),
        (f"{BELOW}    ml.m5.large: 0\n", 4, "0 is no price."),
        (f"{BELOW}    ml.m5.large: 1150\n", 4, "1150 is no price."),
        (f"{BELOW}    ml.m5.large: .inf\n", 4, ".inf is no price."),
        (f"{BELOW}    ml.m5.large: [1]\n", 4, "['1'] is no price."),
        (
            "as_of: 2026-11-01\nusd_per_hour:\n  us-east-1: 5\n",
            3,
            "Prices stand by region and instance type.",
        ),
        ("as_of: soon\nusd_per_hour: {}\n", 1, "soon is no day."),
        (
            "as_of: 2026-11-01\nusd_per_hour: {}\neur: 1\n",
            3,
            "eur is no key here.",
        ),
        ("as_of: [\n", 2, "This is not YAML"),
    ],
)
def test_a_price_that_cannot_be_read_is_named(
    text: str, line: int, rule: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError) as error:
        read(tmp_path, text)
    assert f"prices.yaml:{line}" in str(error.value)
    assert rule in str(error.value)


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        (
            PRICES,
            "on 3 x ml.m5.large or ml.m5.xlarge (at most 0.69 USD an hour): ",
        ),
        (None, "on 3 x ml.m5.large or ml.m5.xlarge: "),
    ],
)
def test_a_job_that_starts_says_what_it_costs(
    prices: Prices | None, says: str, bases: Bases
) -> None:
    draft = Draft(bases.assemblies["rehearsal"])
    machines = ("Request", "TransformResources", "InstanceCount", 3)
    prop("Job", *machines, part="faces")(draft)
    fallback = [{"InstanceCount": 3, "InstanceType": "ml.m5.xlarge"}]
    prop("Job", "Fallbacks", fallback, part="faces")(draft)
    change = Change(
        before=scene_of(bases.assemblies["rehearsal"]), after=scene_of(draft.assembly())
    )
    effects = job_effects(change, prices)
    (found,) = findings(effects, change)
    assert says in found.message


def test_a_job_that_does_not_run_costs_nothing(bases: Bases) -> None:
    scene = scene_of(bases.assemblies["rehearsal"])
    (effect,) = job_effects(Change(before=scene, after=scene), PRICES)
    assert effect.machines == effect.usd_per_hour == ""
