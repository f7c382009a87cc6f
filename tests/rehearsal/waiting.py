"""Waiting for what happens elsewhere."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Look again and again, and fail when it has not come to hold in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it did not happen in {seconds} seconds"
        time.sleep(0.05)


def stays(holds: Callable[[], bool], seconds: float) -> None:
    """Look again and again, and fail when it does not hold all the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert holds(), "it did not last"
        time.sleep(0.5)
