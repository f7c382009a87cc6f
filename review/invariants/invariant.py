"""A promise, and whether one side of a review keeps it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from review.proof.formulas import UnsupportedPolicyError
from review.proof.patience import UndecidedError
from review.scene import Scene, UnclearError

Status = Literal["PROVED", "VIOLATED", "UNKNOWN"]

_MOST = 5
"""Violations that one answer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a promise is broken.

    Args:
        resource: Whose fault it is, as `STACK/LOGICAL_ID`.
        says: What can happen, in a sentence.
    """

    resource: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of a promise.

    Args:
        status: UNKNOWN is no better than VIOLATED.
        violations: Ways to break it, if it is violated.
        why: What stands in the way of knowing, if it is unknown.
    """

    status: Status
    violations: tuple[Violation, ...] = ()
    why: str = ""

    @property
    def witness(self) -> str:
        """The first violation, or why it is not known; empty if it is proved."""
        return self.violations[0].says if self.violations else self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One promise.

    Args:
        id: Its name in reports.
        says: The promise, in a sentence.
        violations: Looks for ways to break it. May raise that it cannot tell.
    """

    id: str
    says: str
    violations: Callable[[Scene], Iterator[Violation]]

    def answer(self, scene: Scene) -> Answer:
        """Decide it for one side; what is found counts, though a part is unclear."""
        found: list[Violation] = []
        try:
            violations = self.violations(scene)
            for violation in islice(violations, _MOST):
                found.append(violation)  # Kept when the next one raises.
            if next(violations, None) is not None:
                says = f"{found[-1].says} There are more of these."
                found[-1] = replace(found[-1], says=says)
        except UnsupportedPolicyError as error:
            why = f"a policy cannot be read exactly: {error}"
        except UnclearError as error:
            why = str(error)
        except UndecidedError as error:
            why = f"the prover gave up: {error}"
        else:
            why = scene.blind_spots[0] if scene.blind_spots else ""
        if found:
            return Answer(status="VIOLATED", violations=tuple(found))
        return Answer(status="UNKNOWN" if why else "PROVED", why=why)
