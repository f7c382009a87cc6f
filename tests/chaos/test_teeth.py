"""Each invariant has teeth: a launcher that breaks it is found out."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from chaos import chance
from chaos.faults import Fate
from chaos.history import History
from chaos.verdict import judge
from private_transform.handlers import (
    advice,
    attempts,
    dispatch,
    ends,
    executions,
    lifecycle,
    ownership,
    verdict,
)
from private_transform.handlers import job as jobs
from private_transform.handlers import model as models
from private_transform.handlers import state_change as changes
from private_transform.handlers.asked import Asked
from private_transform.handlers.journal import Book, Journal
from private_transform.handlers.order import Order
from private_transform.handlers.records import Records
from private_transform.handlers.turns import Turns

HISTORIES = 4000
"""How many histories a broken launcher has to be found out in."""


def crowded(history: History) -> History:
    """The same people, but something else happens before each call."""
    return replace(history, fates=dict.fromkeys(range(1, chance.CALLS), Fate.OVERTAKEN))


def forgets_requests_that_were_given_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "loose", lambda self, entry: ())


def goes_on_with_a_request_that_was_given_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "after", lambda self, entry: ())


def removes_what_is_still_owned(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "kept", lambda self: ())


def believes_every_success(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "seen", lambda self, kind, current: self)


def lets_a_removal_overtake_its_creation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "_ends_with_delete_of_unseen", lambda self: False)


def believes_at_once_that_nothing_was_made(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "unproven", lambda self: frozenset())


def forgets_what_a_late_function_makes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ownership.Owner, "_is_late", lambda self, entry, book: False)


def leaves_models(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(models.TransformModel, "remove", lambda self, name: None)


def leaves_jobs_running(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs.TransformJob, "remove", lambda self, name: None)


def deletes_models_in_use(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(models.TransformModel, "_jobs_in_progress_with", lambda *_: [])


def runs_what_has_run(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs.TransformJob, "_earlier", lambda *_: None)


def names_every_update_anew(patch: pytest.MonkeyPatch) -> None:
    named = ownership.Owner._named

    def anew(
        self: ownership.Owner, request: lifecycle.Request, book: Book
    ) -> tuple[str, bool]:
        if request.kind == "Update" and not request.started:
            request = replace(request, kind="Create", physical_id=None)
        return named(self, request, book)

    patch.setattr(ownership.Owner, "_named", anew)


def answers_each_delivery_by_itself(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Book, "settled", lambda self, answered: self)
    patch.setattr(
        ownership.Owner,
        "_settled",
        lambda self, request, answered: (Book(entries=(answered,)), answered),
    )


def overwrites_the_journal(patch: pytest.MonkeyPatch) -> None:
    write = Journal._write

    def overwrite(self: Journal, book: Book, condition: object) -> None:
        write(self, book, {})

    patch.setattr(Journal, "_write", overwrite)


def calls_every_end_a_success(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jobs.TransformJob, "_note", lambda *_: "")


def waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        lifecycle.Request, "waited_longer_than", lambda self, limit, now: False
    )


def does_not_bound_reasons(patch: pytest.MonkeyPatch) -> None:
    for module in (advice, lifecycle):
        patch.setattr(module, "bounded", lambda text, limit: text)


def logs_the_whole_request(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dispatch, "loggable", dict)


def claims_before_it_announces(patch: pytest.MonkeyPatch) -> None:
    announce = changes.StateChanges._announce

    def claim_first(self: changes.StateChanges, left: dict[str, Any]) -> None:
        name, status = (
            left["job"]["TransformJobName"],
            left["job"]["TransformJobStatus"],
        )
        self._records.write_once(f"claims/{name}/{status}/announced", {})
        announce(self, left)

    patch.setattr(changes.StateChanges, "_announce", claim_first)


def overwrites_evidence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Records, "read", lambda self, key: None)
    patch.setattr(Records, "write_once", Records.write)


def tries_every_failure_again(patch: pytest.MonkeyPatch) -> None:
    failed = property(lambda self: self.job["TransformJobStatus"] == "Failed")
    patch.setattr(attempts.Attempt, "lacked_capacity", failed)


def looks_at_the_first_attempt_only(patch: pytest.MonkeyPatch) -> None:
    def first(run: str, describe: Callable[[str], Any]) -> attempts.Attempt | None:
        job = describe(run)
        return None if job is None else attempts.Attempt(number=1, job=job)

    patch.setattr(jobs, "last_attempt", first)


def believes_sagemaker_that_a_job_completed(patch: pytest.MonkeyPatch) -> None:
    def believed(status: str, *_: object) -> verdict.Result:
        return "succeeded" if status == "Completed" else "failed"

    patch.setattr(verdict, "_result", believed)


def tolerates_every_failed_input(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Order, "most_failed", property(lambda _: 1_000))


def counts_every_end_as_the_last(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ends.Ends,
        "_noted",
        lambda self, _, end: {**end, "minute": self.now().isoformat()},
    )


def counts_no_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ends.Ends, "count", lambda *_: None)


def forgets_to_announce(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes.StateChanges, "_announce", lambda self, job: None)


def takes_every_end_for_a_success(patch: pytest.MonkeyPatch) -> None:
    def praised(*_: object, **__: object) -> verdict.Verdict:
        return verdict.Verdict(result="succeeded", counts=None)

    patch.setattr(changes, "judge", praised)


def makes_a_run_for_every_execution(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Asked, "identity", lambda self, execution: execution)


def gives_everybody_a_turn(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Turns, "before", lambda self, turn, run: None)


def leaves_jobs_of_stopped_executions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(executions, "stop", lambda *_: None)


def is_silent_about_runs_without_a_job(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(executions.Executions, "left", lambda *_: None)


def waits_for_a_turn_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Turns, "before", lambda self, turn, run: "another")


MUTATIONS: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    forgets_requests_that_were_given_up: "leaks",
    goes_on_with_a_request_that_was_given_up: "leaks",
    removes_what_is_still_owned: "leaks",
    believes_every_success: "leaks",
    lets_a_removal_overtake_its_creation: "leaks",
    believes_at_once_that_nothing_was_made: "leaks",
    forgets_what_a_late_function_makes: "leaks",
    leaves_models: "leaks",
    leaves_jobs_running: "leaks",
    deletes_models_in_use: "leaks",
    runs_what_has_run: "duplicate_jobs",
    names_every_update_anew: "duplicate_jobs",
    answers_each_delivery_by_itself: "wrong_answers",
    overwrites_the_journal: "wrong_answers",
    calls_every_end_a_success: "wrong_answers",
    waits_for_ever: "hangs",
    does_not_bound_reasons: "oversized",
    logs_the_whole_request: "secrets",
    claims_before_it_announces: "lost_notifications",
    overwrites_evidence: "lost_notifications",
    forgets_to_announce: "lost_notifications",
    tries_every_failure_again: "duplicate_jobs",
    looks_at_the_first_attempt_only: "leaks",
    believes_sagemaker_that_a_job_completed: "wrong_answers",
    tolerates_every_failed_input: "wrong_answers",
    counts_every_end_as_the_last: "wrong_alarms",
    counts_no_end: "wrong_alarms",
    takes_every_end_for_a_success: "wrong_evidence",
    makes_a_run_for_every_execution: "repeated_runs",
    gives_everybody_a_turn: "runs_at_once",
    leaves_jobs_of_stopped_executions: "leaks",
    is_silent_about_runs_without_a_job: "lost_executions",
    waits_for_a_turn_for_ever: "endless_executions",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutation", "invariant"),
    MUTATIONS.items(),
    ids=[mutation.__name__ for mutation in MUTATIONS],
)
def test_a_broken_launcher_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
    mutation: Callable[[pytest.MonkeyPatch], None],
    invariant: str,
) -> None:
    mutation(monkeypatch)

    histories = (chance.history(Random(seed)) for seed in range(HISTORIES))
    assert any(
        invariant in judge(played).broken
        for history in histories
        for played in (history, crowded(history))
    )
