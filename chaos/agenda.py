"""Simulated time: what happens when, one thing after the other."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2030, 1, 1, tzinfo=UTC)


class Agenda:
    """A clock that jumps from event to event.

    Attributes:
        seconds: Since the start.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._order = count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._depth = 0

    def now(self) -> datetime:
        """The simulated time."""
        return START + timedelta(seconds=self.seconds)

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Let `event` happen `seconds` from now."""
        at = self.seconds + seconds
        heapq.heappush(self._events, (at, next(self._order), event))

    def run_until(self, done: Callable[[], bool], *, within: float) -> bool:
        """Let things happen until `done`; whether it was within that many seconds."""
        end = self.seconds + within
        while not done():
            if not self._events or self._events[0][0] > end:
                self.seconds = max(self.seconds, end)
                return False
            self._next()
        return True

    def run(self, seconds: float) -> None:
        """Let that much time pass."""
        self.run_until(lambda: False, within=seconds)

    def run_out(self) -> None:
        """Let everything happen that is planned."""
        while self._events:
            self._next()

    def meanwhile(self, seconds: float) -> None:
        """Let what is due within `seconds` happen in the middle of something else."""
        if self._depth < 3:
            self._depth += 1
            end = self.seconds + seconds
            while self._events and self._events[0][0] <= end:
                self._next()
            self._depth -= 1

    def _next(self) -> None:
        at, _, event = heapq.heappop(self._events)
        self.seconds = max(self.seconds, at)
        event()
