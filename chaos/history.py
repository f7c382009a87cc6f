"""A history as data: what people do and what goes wrong, and nothing of chance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .faults import Fate
from .sagemaker import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One state of a transform's files; each number stands for some content."""

    model: int = 0
    job: int = 0
    run: int = 0
    completion: Literal["wait", "launch"] = "wait"
    fallbacks: int = 0
    max_failed: int = 0
    smoke: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """Create the stack, or update it.

    Args:
        template: What is wanted.
        cancel_after: Seconds after which a person cancels, for each request.
        sibling_fails: Whether another resource of the stack fails at the end.
    """

    template: Template
    cancel_after: int | None = None
    sibling_fails: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Delete the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartByHand:
    """A person starts a job on the transform's model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Time passes."""

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """The transform's state machine begins a run.

    Args:
        due: The hour at which a schedule wanted it; None for one by hand. Two of the
            same hour are one run.
        overlap: What it does while another run goes on.
        stopped_after: Seconds after which a person stops it, if it still goes on.
    """

    due: int | None = None
    overlap: Literal["skip", "queue"] = "skip"
    stopped_after: int | None = None


Act = Deploy | Remove | StartByHand | Execute | Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happens, in full: the same history always goes the same way.

    Args:
        acts: What people do, one after the other.
        outcomes: Of jobs, in the order in which they are created or refused.
        fates: Of calls to AWS, by number.
        duplicates: Delays in seconds of further deliveries of a request, by number.
        announcements: Delays in seconds of the deliveries of a state change, by number.
        unseen: Seconds for which a new model or job cannot be seen, by number.
        unknown_roles: Seconds for which CreateModel does not know a stack's execution
            role, by the number of the stack.
        crash_is_failure: What a killed function means to the provider framework.
        adopts: Whether CloudFormation takes over the name in a failed answer.
        remembers: Whether a roll-back names what was there before the update, and not
            what replaced it.
    """

    acts: tuple[Act, ...]
    outcomes: tuple[Outcome, ...] = (Outcome(),)
    fates: Mapping[int, Fate] = field(default_factory=dict)
    duplicates: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    announcements: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    unseen: Mapping[int, int] = field(default_factory=dict)
    unknown_roles: Mapping[int, int] = field(default_factory=dict)
    crash_is_failure: bool = False
    adopts: bool = True
    remembers: bool = False
