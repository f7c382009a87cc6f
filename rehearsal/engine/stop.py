"""How a running job is told to stop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StopSignal:
    """Set once, from any thread; what is under way is told at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._listeners: list[Callable[[], None]] = []

    def is_set(self) -> bool:
        """Whether the job is to stop."""
        return self._set

    def set(self) -> None:
        """Tell the job to stop."""
        with self._lock:
            self._set = True
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def calls(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call the listener when the signal is set, or now if it is set already."""
        with self._lock:
            self._listeners.append(listener)
            late = self._set
        if late:
            listener()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)
