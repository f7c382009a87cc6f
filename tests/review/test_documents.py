"""What is written of the review is what it does."""

from pathlib import Path

from review.invariants.all import INVARIANTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "review.md"


def test_every_promise_is_documented_in_its_own_words() -> None:
    rows = [
        line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")
    ]
    assert rows == [f"| `{each.id}` | {each.says} |" for each in INVARIANTS]


def test_promises_have_names_of_their_own() -> None:
    ids = [each.id for each in INVARIANTS]
    assert len(ids) == len(set(ids))
