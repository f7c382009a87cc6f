"""Random histories."""

from random import Random

from .faults import Fate
from .history import (
    Act,
    Deploy,
    Execute,
    History,
    Remove,
    StartByHand,
    Template,
    Wait,
)
from .sagemaker import Outcome, Refusal

REASONS = (
    "AlgorithmError: see the job's log",
    'ClientError: "quoted"\nand\tbroken ' + '"\\' * 480,
    "\N{PILE OF POO}" * 1024,
    "\x01" * 1024,
)
"""Reasons of failures, up to the 1024 characters that SageMaker may give."""
NO_CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry "
    "using a different ML instance type."
)
CALLS = 400
"""Numbers of calls among which faults are sown."""


def history(random: Random) -> History:
    """One history; the same for the same state of `random`."""
    return History(
        acts=tuple(_act(random) for _ in range(random.randint(2, 7))),
        outcomes=tuple(_outcome(random) for _ in range(random.randint(1, 6))),
        fates={
            random.randint(1, CALLS): random.choice(list(Fate))
            for _ in range(random.choice((0, 3, 10, 40)))
        },
        duplicates={
            random.randint(0, 20): _delays(random) for _ in range(random.randint(0, 4))
        },
        announcements={
            random.randint(0, 10): (random.randint(0, 60), *_delays(random))
            for _ in range(random.randint(0, 3))
        },
        unseen={
            random.randint(0, 10): random.randint(1, 20)
            for _ in range(random.choice((0, 2, 6)))
        },
        unknown_roles={
            random.randint(0, 2): random.randint(1, 60)
            for _ in range(random.choice((0, 1, 2)))
        },
        crash_is_failure=random.random() < 0.3,
        adopts=random.random() < 0.7,
        remembers=random.random() < 0.3,
    )


def _act(random: Random) -> Act:
    throw = random.random()
    if throw < 0.5:
        return Deploy(
            template=Template(
                model=random.randint(0, 1),
                job=random.randint(0, 1),
                run=random.choice((0, 0, 0, 1)),
                completion=random.choice(("wait", "wait", "launch")),
                fallbacks=random.choice((0, 0, 1, 4)),
                max_failed=random.choice((0, 0, 1, 2)),
            ),
            cancel_after=random.choice((None, None, None, 0, 5, 30, 300, 1000)),
            sibling_fails=random.random() < 0.1,
        )
    if throw < 0.57:
        return Remove()
    if throw < 0.67:
        return StartByHand()
    if throw < 0.87:
        return Execute(
            due=random.choice((None, 1, 1, 2)),
            overlap=random.choice(("skip", "queue")),
            stopped_after=random.choice((None, None, None, 0, 10, 400)),
        )
    return Wait(minutes=random.choice((1, 10, 100)))


def _outcome(random: Random) -> Outcome:
    throw = random.random()
    if throw < 0.08:
        return Outcome(refusal=random.choice(list(Refusal)))
    if throw < 0.25:
        return Outcome(minutes=-1, reason=NO_CAPACITY)
    return Outcome(
        minutes=random.choice((0, 1, 5, 5, 30, 90)),
        reason=random.choice(REASONS) if random.random() < 0.25 else None,
        failed=random.choice((0, 0, 1, 3)),
    )


def _delays(random: Random) -> tuple[int, ...]:
    return tuple(
        random.choice((0, 1, 15, 300, 4000, 20000)) for _ in range(random.randint(1, 2))
    )
