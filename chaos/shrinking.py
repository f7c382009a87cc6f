"""Find the shortest history that still goes wrong in the same way."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from .faults import Fate
from .history import Deploy, History, Template
from .sagemaker import Outcome

MAPPINGS = ("fates", "duplicates", "announcements", "unseen", "unknown_roles")
"""What goes wrong, by number."""


def shortest(history: History, fails: Callable[[History], bool]) -> History:
    """Leave out and simplify what is not needed for `fails` to stay true."""
    while True:
        for simpler in _simpler(history):
            if fails(simpler):
                history = simpler
                break
        else:
            return history


def _simpler(history: History) -> Iterator[History]:
    acts = history.acts
    for i in range(len(acts)):
        yield replace(history, acts=acts[:i] + acts[i + 1 :])
    for name in MAPPINGS:
        entries = getattr(history, name)
        if len(entries) > 3:
            yield _with(history, name, {})
            half = len(entries) // 2
            yield _with(history, name, dict(list(entries.items())[:half]))
            yield _with(history, name, dict(list(entries.items())[half:]))
        for key in entries:
            yield _with(history, name, {k: v for k, v in entries.items() if k != key})
    for flag, plain in (
        ("crash_is_failure", False),
        ("adopts", True),
        ("remembers", False),
    ):
        if getattr(history, flag) is not plain:
            yield _with(history, flag, plain)
    for i, act in enumerate(acts):
        if isinstance(act, Deploy):
            for plain_act in (
                Deploy(template=Template()),
                replace(act, cancel_after=None),
                replace(act, sibling_fails=False),
                replace(act, template=replace(act.template, completion="wait")),
            ):
                if plain_act != act:
                    yield replace(history, acts=(*acts[:i], plain_act, *acts[i + 1 :]))
    if history.outcomes != (Outcome(),):
        yield replace(history, outcomes=(Outcome(),))
    if len(history.outcomes) > 1:
        yield replace(history, outcomes=history.outcomes[:-1])
    for i, outcome in enumerate(history.outcomes):
        for plain_outcome in (
            Outcome(),
            replace(outcome, minutes=Outcome().minutes),
            replace(outcome, reason=None),
            replace(outcome, failed=0),
            replace(outcome, refusal=None),
        ):
            if plain_outcome != outcome:
                outcomes = (*history.outcomes[:i], plain_outcome)
                outcomes += history.outcomes[i + 1 :]
                yield replace(history, outcomes=outcomes)
    for key, fate in history.fates.items():
        if fate is not Fate.BROKEN:
            yield replace(history, fates={**history.fates, key: Fate.BROKEN})


def _with(history: History, name: str, value: object) -> History:
    return replace(history, **{name: value})  # type: ignore[arg-type]  # by name
