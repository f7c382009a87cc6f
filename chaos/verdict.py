"""Play a history to its end and judge it."""

from dataclasses import dataclass

from .history import History
from .invariants import AT_REST, AT_THE_END, broken
from .world import World

REST = 20 * 60
"""Seconds after which everything that was asked has been done."""
LONG = 12 * 60 * 60
"""Seconds after which every job has ended and every late delivery has come."""
ATTEMPTS = 5
"""How often a person tries to bring a stack to rest, and to remove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a history went.

    Args:
        broken: Sentences by the invariant that they break.
        events: Requests and state changes.
        faults: Calls that failed.
        kills: Functions that were killed.
        names: Of all models and jobs that there ever were.
    """

    broken: dict[str, list[str]]
    events: int
    faults: int
    kills: int
    names: tuple[str, ...]


def judge(history: History) -> Verdict:
    """Play `history`, then let the faults end, remove the stack, and look at it all.

    Nothing may be left over at rest, nor after the removal, nor when the last late
    delivery has come.
    """
    world = World(history)
    world.play()
    world.weather.calm = True
    for _ in range(ATTEMPTS):
        if world.stack.settle():
            break
        world.agenda.run(REST)
    world.agenda.run(REST)
    wrong = broken(world, AT_REST)
    for _ in range(ATTEMPTS):
        if world.stack.remove():
            break
        world.agenda.run(REST)
    world.agenda.run(LONG)
    world.stack.held.clear()
    wrong = wrong or broken(world, AT_THE_END)
    return Verdict(
        broken=wrong,
        events=len(world.stack.asked) + world.bus.number,
        faults=len(world.weather.met) - world.weather.kills,
        kills=world.weather.kills,
        names=(*world.sagemaker.created, *world.sagemaker.jobs),
    )
