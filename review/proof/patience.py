"""When a review gives up: a question that takes too long proves nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = 120
"""Of computation for all questions of a review; one of fifty stacks takes a sixth."""

_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)


class UndecidedError(RuntimeError):
    """Somebody gave up; that proves nothing in either direction."""


@contextmanager
def patience() -> Iterator[None]:
    """Within this, questions may take so long together, and not longer."""
    token = _ENDS.set(time.thread_time() + SECONDS)
    try:
        yield
    finally:
        _ENDS.reset(token)


def lose_patience() -> None:
    """Give up if the time is over.

    Raises:
        UndecidedError: It is.
    """
    ends = _ENDS.get()
    if ends is not None and time.thread_time() > ends:
        raise UndecidedError(f"a review asks for no more than {SECONDS} seconds")
