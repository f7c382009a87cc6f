"""Runs beside deployments, as a review tells of them: when they begin, with what."""

from collections.abc import Sequence

import pytest

from review.assembly import Assembly
from review.change import Change
from review.delta.runs import findings
from review.findings import Finding
from review.prices import Prices
from review.review import review
from review.scene import scene_of
from tests.review.conftest import TODAY, Bases
from tests.review.draft import Draft, Edit, prop, remove
from tests.review.test_prices import PRICES

PATH = "everything-scores/RunsSchedule8E7BBCF4"
MACHINE = "everything-scores/RunsStateMachine5A176767"
NIGHTLY = "cron(30 3 * * ? *) in Europe/Berlin"
MACHINES = "2 x ml.m5.large or ml.m5.xlarge"


def changed(bases: Bases, *edits: Edit) -> Assembly:
    draft = Draft(bases.assemblies["everything"])
    for edit in edits:
        edit(draft)
    return draft.assembly()


def schedule(*path: str) -> Edit:
    return prop("RunsSchedule", *path, part="scores")


def told(
    before: Assembly | None, after: Assembly, prices: Prices | None = None
) -> list[Finding]:
    old = None if before is None else scene_of(before)
    return list(findings(Change(before=old, after=scene_of(after)), prices))


def as_texts(found: Sequence[Finding]) -> list[tuple[str, str, str, str]]:
    return [(it.rule, it.severity, it.resource, it.message) for it in found]


@pytest.mark.parametrize(
    ("prices", "cost"), [(PRICES, " (at most 0.46 USD an hour)"), (None, "")]
)
def test_a_schedule_that_is_new_says_when_on_what_and_for_how_much(
    prices: Prices | None, cost: str, bases: Bases
) -> None:
    without = changed(bases, remove("RunsSchedule", "scores"))

    assert as_texts(told(without, bases.assemblies["everything"], prices)) == [
        (
            "runs-scheduled",
            "medium",
            PATH,
            f"{PATH} begins runs of {MACHINE} at {NIGHTLY}, each on {MACHINES}{cost}.",
        )
    ]


def test_a_new_environment_tells_of_its_schedules_and_not_of_its_watch(
    bases: Bases,
) -> None:
    (found,) = told(None, bases.assemblies["everything"])

    assert (found.rule, found.resource) == ("runs-scheduled", PATH)


@pytest.mark.parametrize(
    ("edit", "when"),
    [
        (
            schedule("ScheduleExpression", "rate(1 hour)"),
            "rate(1 hour) in Europe/Berlin",
        ),
        (
            schedule("ScheduleExpressionTimezone", "Asia/Tokyo"),
            "cron(30 3 * * ? *) in Asia/Tokyo",
        ),
    ],
)
def test_a_schedule_with_other_times_says_both(
    edit: Edit, when: str, bases: Bases
) -> None:
    before, after = bases.assemblies["everything"], changed(bases, edit)

    assert as_texts(told(before, after)) == [
        (
            "runs-rescheduled",
            "medium",
            PATH,
            f"{PATH} begins runs of {MACHINE} at {when}, before this change at "
            f"{NIGHTLY}, each on {MACHINES}.",
        )
    ]


@pytest.mark.parametrize(
    ("edit", "severity"),
    [
        (remove("RunsSchedule", "scores"), "low"),
        (schedule("State", "DISABLED"), "medium"),
    ],
)
def test_a_schedule_that_goes_says_what_it_was(
    edit: Edit, severity: str, bases: Bases
) -> None:
    before, after = bases.assemblies["everything"], changed(bases, edit)

    assert as_texts(told(before, after)) == [
        (
            "runs-unscheduled",
            severity,
            PATH,
            f"{PATH} begins no runs of {MACHINE} any more, before this change at "
            f"{NIGHTLY}.",
        )
    ]


def test_a_schedule_that_is_switched_on_is_a_new_one(bases: Bases) -> None:
    before = changed(bases, schedule("State", "DISABLED"))

    (found,) = told(before, bases.assemblies["everything"])

    assert found.rule == "runs-scheduled"


def test_a_schedule_whose_stack_leaves_the_assembly_goes_on(bases: Bases) -> None:
    draft = Draft(bases.assemblies["everything"])
    draft.gone.add("scores")

    assert not told(bases.assemblies["everything"], draft.assembly())


def test_a_schedule_of_what_nobody_can_read_is_told_nevertheless(
    bases: Bases,
) -> None:
    hidden = prop(
        "RunsStateMachine", "Definition", "QueryLanguage", "JSONata", part="scores"
    )

    (found,) = told(None, changed(bases, hidden))

    assert "each on machines that nobody can tell." in found.message


def order(*path: object) -> Edit:
    definition = ("Definition", "States", "Order", "Result", "Order")
    return prop("RunsStateMachine", *definition, *path, part="scores")


def test_runs_with_another_job_say_what_both_are_on_and_for_how_much(
    bases: Bases,
) -> None:
    dearer = order("Request", "TransformResources", "InstanceCount", 4)
    before, after = bases.assemblies["everything"], changed(bases, dearer)

    assert as_texts(told(before, after, PRICES)) == [
        (
            "runs-changed",
            "medium",
            MACHINE,
            f"The next run of {MACHINE} differs in TransformResources: it is on 4 x "
            "ml.m5.large or ml.m5.xlarge (at most 0.92 USD an hour), before this "
            f"change on {MACHINES} (at most 0.46 USD an hour).",
        )
    ]


@pytest.mark.parametrize(
    ("path", "name", "severity"),
    [
        (("Policies", "key", "0"), "Policies", "low"),
        (("Runs", "Select", "all"), "Runs", "medium"),
        (("Request", "MaxPayloadInMB", 1), "MaxPayloadInMB", "medium"),
    ],
)
def test_what_else_differs_of_runs_is_named(
    path: tuple[object, ...], name: str, severity: str, bases: Bases
) -> None:
    before, after = bases.assemblies["everything"], changed(bases, order(*path))

    assert as_texts(told(before, after)) == [
        (
            "runs-changed",
            severity,
            MACHINE,
            f"The next run of {MACHINE} differs in {name}: it is on {MACHINES}.",
        )
    ]


def test_what_a_machine_orders_is_told_once(bases: Bases) -> None:
    whole, dearer = bases.assemblies["everything"], order("MaxFailedInputs", 100)

    found = review(whole, changed(bases, dearer), today=TODAY).findings

    assert [each.rule for each in found] == ["runs-changed"]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (schedule("ScheduleExpression", "rate(1 hour)"), "runs-rescheduled"),
        (schedule("State", "DISABLED"), "runs-unscheduled"),
        (remove("RunsSchedule", "scores"), "runs-unscheduled"),
    ],
)
def test_what_differs_of_a_schedule_is_told_once(
    edit: Edit, rule: str, bases: Bases
) -> None:
    whole = bases.assemblies["everything"]

    found = review(whole, changed(bases, edit), today=TODAY).findings

    rules = [each.rule for each in found if each.resource == PATH]
    assert [it for it in rules if not it.startswith("promise-")] == [rule]
