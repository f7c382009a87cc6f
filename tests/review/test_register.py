"""What became of the register of accepted findings."""

from pathlib import Path

import pytest

from review.bad_input import BadInputError
from review.delta.register import (
    FILE,
    RegisterChange,
    Registers,
    findings,
    register_changes,
    register_in,
)

ENTRY = """\
  - findings: [{rule}]
    scopes: [foundation/Key]
    reason: {reason}
    owner: platform
    expires: 2027-06-30
"""
WIDE = ENTRY.format(rule="Pack-Wide", reason="it is bounded")
OPEN = ENTRY.format(rule="Pack-Open", reason="nobody comes in")


def tree(folder: Path, *entries: str) -> Path:
    folder.mkdir()
    (folder / FILE).write_text("acknowledgements:\n" + "".join(entries), "utf-8")
    return folder


def changes(folder: Path, old: list[str], new: list[str]) -> list[RegisterChange]:
    before = register_in(tree(folder / "old", *old))
    after = register_in(tree(folder / "new", *new))
    return register_changes(Registers(before=before, after=after))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ([WIDE], [WIDE], []),
        ([WIDE, OPEN], [OPEN, WIDE], []),
        ([WIDE], [WIDE, OPEN], [("Pack-Open", "new", 7)]),
        ([WIDE, OPEN], [WIDE], [("Pack-Open", "gone", None)]),
        (
            [WIDE],
            [WIDE.replace("2027-06-30", "2027-07-01")],
            [("Pack-Wide", "changed", 2)],
        ),
        (
            [WIDE],
            [WIDE.replace("it is bounded", "why not")],
            [("Pack-Wide", "changed", 2)],
        ),
        (
            [WIDE],
            [WIDE.replace("platform", "security")],
            [("Pack-Wide", "changed", 2)],
        ),
        (
            [WIDE],
            [WIDE.replace("foundation/Key", "foundation/Logs")],
            [("Pack-Wide", "gone", None), ("Pack-Wide", "new", 2)],
        ),
    ],
)
def test_every_difference_is_told(
    old: list[str], new: list[str], told: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    found = changes(tmp_path, old, new)
    assert [(each.rule, each.change, each.line) for each in found] == told


def test_who_accepts_more_has_to_say_so(tmp_path: Path) -> None:
    renewed = WIDE.replace("2027-06-30", "2027-07-01")
    found = findings(changes(tmp_path, [WIDE], [renewed, OPEN]))
    assert [(each.rule, each.severity, each.message) for each in found] == [
        (
            "acknowledgement-new",
            "medium",
            "`Pack-Open` in `foundation/Key` is accepted now, until 2027-06-30. "
            "Reason: nobody comes in. Owner: platform.",
        ),
        (
            "acknowledgement-changed",
            "low",
            "`Pack-Wide` in `foundation/Key` is accepted otherwise, until 2027-07-01. "
            "Reason: it is bounded. Owner: platform.",
        ),
    ]


def test_who_accepts_less_has_not(tmp_path: Path) -> None:
    assert list(findings(changes(tmp_path, [WIDE, OPEN], [WIDE]))) == []


def test_a_register_that_nobody_knows_differs_in_nothing(tmp_path: Path) -> None:
    known = register_in(tree(tmp_path / "tree", WIDE))
    assert register_changes(Registers(after=known)) == []
    assert register_changes(Registers(before=known)) == []


def test_a_tree_without_a_register_has_none(tmp_path: Path) -> None:
    assert register_in(tmp_path) is None


def test_a_register_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=FILE):
        register_in(tree(tmp_path / "tree", WIDE.replace("2027-06-30", "soon")))
