"""AWS may fail for a while: what passes is waited for, the rest is told in words."""

from collections.abc import Callable
from datetime import datetime

from .advice import sentence
from .aws import FAILURES, is_transient, said_by
from .lifecycle import (
    WAIT_LIMIT,
    Answer,
    LauncherError,
    Request,
    Resource,
    not_yet,
)

TRIES = 3
"""How often a request is begun before that counts as its failure."""


def begin(resource: Resource, request: Request, *, tries: int = TRIES) -> Answer:
    """Begin `request`; nobody asks again, so it is tried several times at once."""
    try:
        return resource.begin(request)
    except FAILURES as error:
        if tries > 1 and is_transient(error):
            return begin(resource, request, tries=tries - 1)
        happened = "The launcher could not begin; deploy again."
        raise LauncherError(sentence(happened, said_by(error))) from error


def finish(
    resource: Resource, request: Request, *, now: Callable[[], datetime]
) -> Answer:
    """Go on with `request`; come back while AWS fails in a way that passes."""
    try:
        return resource.finished(request)
    except FAILURES as error:
        if not is_transient(error):
            happened = "AWS refused a call of the launcher."
        elif not request.waited_longer_than(WAIT_LIMIT, now()):
            return not_yet()
        else:
            minutes = WAIT_LIMIT.seconds // 60
            happened = f"AWS failed for {minutes} minutes; deploy again later."
        raise LauncherError(sentence(happened, said_by(error))) from error
