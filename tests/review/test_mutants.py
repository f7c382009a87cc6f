"""Seven hundred changes of real templates: which does a review notice, and how?"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from compliance.templates import find_in
from review import review as reviewing
from review.assembly import Assembly
from review.findings import SEVERITIES, Finding
from review.invariants.all import INVARIANTS
from tests.review.conftest import Bases
from tests.review.draft import Draft
from tests.review.mutant import Mutant
from tests.review.mutants import FAULTY, HARMLESS, MUTANTS

pytestmark = pytest.mark.gate

TABLE = Path(__file__).parents[2] / "build" / "review-mutants.json"


@pytest.fixture(autouse=True)
def _without_what_is_only_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """No finding comes from the effective access, which has tests of its own."""
    monkeypatch.setattr(reviewing, "effective_access", lambda _: [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a review says of one mutant.

    `caught` is whether it says what it has to: of a harmless change, nothing;
    `without_compliance` whether it does so where public rules are not counted; and
    `compliance` how many of those the change newly breaks. The rest is of the finding
    that decides so, or of the worst one.
    """

    name: str
    section: str
    kind: str
    base: str
    caught: bool
    without_compliance: bool
    compliance: int
    severity: str
    rule: str
    resource: str
    message: str


def _changed(mutant: Mutant, bases: Bases) -> Assembly:
    draft = Draft(bases.assemblies[mutant.base])
    mutant.change(draft)
    return draft.assembly()


def _read_ahead(assemblies: Sequence[Assembly]) -> None:
    """Ask what public rules find, which each review asks again, beside the proofs."""
    for each in assemblies:
        find_in([(it.name, json.dumps(it.template)) for it in each.stacks])


def _row(mutant: Mutant, changed: Assembly, bases: Bases) -> Row:
    try:
        found = list(bases.new_findings(mutant.base, changed))
    except Exception as error:  # A mutant that stops a review is not caught.
        found = []
        stopped = f"{type(error).__name__}: {error}"
    else:
        stopped = ""
    proved = [each for each in found if not each.rule.startswith("compliance")]
    told = _told(mutant, found)
    shown = told or next(iter(found), None)
    return Row(
        name=mutant.name,
        section=mutant.section,
        kind=mutant.kind,
        base=mutant.base,
        caught=_is_caught(mutant, found) and not stopped,
        without_compliance=_is_caught(mutant, proved) and not stopped,
        compliance=len(found) - len(proved),
        severity=shown.severity if shown else "",
        rule=shown.rule if shown else "",
        resource=shown.resource if shown else "",
        message=stopped or (shown.message if shown else ""),
    )


def _is_caught(mutant: Mutant, found: Sequence[Finding]) -> bool:
    return (_told(mutant, found) is not None) == (mutant.kind == "faulty")


def _told(mutant: Mutant, found: Sequence[Finding]) -> Finding | None:
    """The finding that a fault has to have, or one that a harmless change has not."""
    if mutant.kind != "faulty":
        alarms = [
            each
            for each in found
            if each.severity != "low" and each.rule not in mutant.effects
        ]
        return alarms[0] if alarms else None
    if not found or _worst(found) != mutant.severity:
        return None
    return next((each for each in found if _is_it(mutant, each)), None)


def _worst(found: Sequence[Finding]) -> str:
    return min((each.severity for each in found), key=SEVERITIES.index)


def _is_it(mutant: Mutant, finding: Finding) -> bool:
    stack, _, logical_id = finding.resource.partition("/")
    return (
        finding.severity == mutant.severity
        and finding.rule.startswith(mutant.rule)
        and (logical_id or stack.partition("-")[2]).startswith(mutant.resource)
    )


def _not_caught(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if not row.caught:
            says = f"{row.severity} {row.rule} {row.resource}: {row.message}"
            yield f"{row.section}: {row.kind}: {row.name}: {says}"


def _counted(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """How many of each section's mutants are answered as they should be.

    And of how many public rules alone say anything, be it right or wrong.
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        for section in ("all", f"all {row.kind}", row.section):
            count = counts.setdefault(section, Counter())
            count["mutants"] += 1
            count["caught"] += row.caught
            count["without_compliance"] += row.without_compliance
            count["told_by_compliance"] += row.compliance > 0
    return {section: dict(counts[section]) for section in sorted(counts)}


def test_what_a_review_says_of_every_mutant(bases: Bases) -> None:
    changed = [_changed(mutant, bases) for mutant in MUTANTS]
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(_read_ahead, changed)
        rows = [_row(*each, bases) for each in zip(MUTANTS, changed, strict=True)]
    TABLE.parent.mkdir(exist_ok=True)
    content = {"sections": _counted(rows), "mutants": [asdict(row) for row in rows]}
    TABLE.write_text(json.dumps(content, indent=1) + "\n")
    assert not list(_not_caught(rows))


def test_the_unchanged_environments_raise_nothing(bases: Bases) -> None:
    for base in bases.assemblies:
        assert not bases.findings(base), base


def test_every_promise_is_broken_by_a_mutant() -> None:
    tried = Counter(mutant.section for mutant in FAULTY)
    assert not {each.id for each in INVARIANTS} - tried.keys()


def test_mutants_have_names_of_their_own() -> None:
    names = Counter(mutant.name for mutant in MUTANTS)
    assert [name for name, count in names.items() if count > 1] == []
    assert len(HARMLESS) >= 15
