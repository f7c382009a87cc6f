"""What may go wrong around one call to AWS."""

import math
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from .agenda import Agenda
from .errors import refused


class Fate(Enum):
    """What happens to one call."""

    THROTTLED = "throttled"
    BROKEN = "answered with 503"
    UNREACHABLE = "no connection"
    CUT_BEFORE = "cut off before it arrived"
    CUT_AFTER = "done, the answer cut off"
    KILLED_BEFORE = "the function killed before the call"
    KILLED_AFTER = "the function killed after the call"
    OVERTAKEN = "other things happen before it"


KILLS = (Fate.KILLED_BEFORE, Fate.KILLED_AFTER)


class Killed(BaseException):
    """The function is no more: nothing in it can handle that."""


class Weather:
    """Decides the fate of each call by its number.

    Args:
        fates: By the number of the call; the others go well.
        agenda: What else may happen.

    Attributes:
        fates: As given.
        calls: How many calls there were.
        met: Fates that came true.
        calm: No fault any more, once true.
    """

    def __init__(self, fates: Mapping[int, Fate], agenda: Agenda) -> None:
        self.fates = fates
        self._agenda = agenda
        self.calls = 0
        self.met: list[Fate] = []
        self.calm = False

    @property
    def kills(self) -> int:
        """How many functions were killed."""
        return sum(fate in KILLS for fate in self.met)

    def exposed(self, service: object, seconds: float = math.inf) -> Any:
        """`service`, with each of its calls in this weather.

        Args:
            service: What is called.
            seconds: After which the function that calls is ended.
        """
        return _Exposed(service, self, self._agenda.seconds + seconds)

    def call(
        self,
        work: Callable[..., Any],
        request: Mapping[str, Any],
        until: float = math.inf,
    ) -> Any:
        """Make one call, as far as its fate lets it."""
        self.calls += 1
        fate = None if self.calm else self.fates.get(self.calls)
        if fate is None:
            return work(**request)
        self.met.append(fate)
        match fate:
            case Fate.THROTTLED:
                raise refused("ThrottlingException", "Rate exceeded")
            case Fate.BROKEN:
                raise refused("InternalFailure", "We failed.", status=503)
            case Fate.UNREACHABLE:
                raise EndpointConnectionError(endpoint_url="https://aws.example")
            case Fate.CUT_BEFORE:
                raise ReadTimeoutError(endpoint_url="https://aws.example")
            case Fate.KILLED_BEFORE:
                raise Killed
            case Fate.OVERTAKEN:
                self._agenda.meanwhile(60)
                if self._agenda.seconds > until:
                    raise Killed
        result = work(**request)
        if fate is Fate.CUT_AFTER:
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        if fate is Fate.KILLED_AFTER:
            raise Killed
        return result


class _Exposed:
    def __init__(self, service: object, weather: Weather, until: float) -> None:
        self._service, self._weather, self._until = service, weather, until

    def __getattr__(self, name: str) -> Callable[..., Any]:
        work = getattr(self._service, name)
        return lambda **request: self._weather.call(work, request, self._until)
