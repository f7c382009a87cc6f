from random import Random

from chaos import chance
from chaos.faults import Fate
from chaos.history import Deploy, History, Remove, Template, Wait
from chaos.sagemaker import Outcome
from chaos.shrinking import shortest


def test_only_what_is_needed_to_go_wrong_is_left() -> None:
    needed = {"act": Remove(), "call": 7}

    def fails(history: History) -> bool:
        return needed["act"] in history.acts and needed["call"] in history.fates

    history = History(
        acts=(
            Deploy(template=Template(model=1, completion="launch"), cancel_after=5),
            Remove(),
            Wait(minutes=10),
        ),
        outcomes=(Outcome(minutes=90), Outcome(reason="no", failed=2)),
        fates=dict.fromkeys(range(1, 20), Fate.KILLED_AFTER),
        duplicates=dict.fromkeys(range(6), (1,)),
        announcements={1: (5, 5)},
        unseen={0: 20, 3: 7},
        unknown_roles={1: 60},
        crash_is_failure=True,
        adopts=False,
        remembers=True,
    )

    assert shortest(history, fails) == History(acts=(Remove(),), fates={7: Fate.BROKEN})


def test_what_people_do_is_made_plain() -> None:
    history = History(
        acts=(
            Deploy(
                template=Template(model=1, completion="launch"),
                cancel_after=5,
                sibling_fails=True,
            ),
        ),
    )

    def fails(history: History) -> bool:
        return any(
            isinstance(act, Deploy) and act.sibling_fails for act in history.acts
        )

    (act,) = shortest(history, fails).acts
    assert act == Deploy(template=Template(model=1), sibling_fails=True)


def test_what_becomes_of_each_job_is_made_plain() -> None:
    history = History(
        acts=(),
        outcomes=(
            Outcome(minutes=90, failed=1),
            Outcome(minutes=90, reason="no", failed=2),
        ),
    )

    def fails(history: History) -> bool:
        return any(outcome.failed > 1 for outcome in history.outcomes)

    assert shortest(history, fails).outcomes == (Outcome(), Outcome(failed=2))


def test_a_history_that_cannot_be_shorter_stays_as_it_is() -> None:
    history = chance.history(Random(1))

    assert shortest(history, lambda simpler: simpler == history) == history
