"""How long ago each transform did well, and whether what goes on takes too long.

CloudWatch keeps a value and tells when it passes a bound, but knows nothing of what did
not happen: so time that passes is told to it, every few minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from .aws import CloudWatch
from .contract import HOURS_SINCE_SUCCESS, TIMES_USUAL
from .listing import entries
from .metrics import Value, put_values
from .names import transform_of_job
from .records import Records

_FEW = 3
"""Of fewer runs nobody can say how long one usually lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Tells CloudWatch of one environment's transforms.

    Args:
        records: The control bucket, where ends are noted.
        cloudwatch: Calls to CloudWatch.
        environment: The environment's name.
        now: The clock.
    """

    records: Records
    cloudwatch: CloudWatch
    environment: str
    now: Callable[[], datetime]

    def tell(self, running: Sequence[Mapping[str, Any]]) -> None:
        """Tell of each transform of which a run has ended.

        Args:
            running: Summaries of the jobs that go on.
        """
        put_values(
            self.cloudwatch, self.environment, list(self._values(running, self.now()))
        )

    def _values(
        self, running: Sequence[Mapping[str, Any]], now: datetime
    ) -> Iterator[Value]:
        for transform, end in self._ends():
            if end.get("succeeded"):
                since = now - datetime.fromisoformat(end["succeeded"])
                yield Value(
                    transform=transform,
                    metric=HOURS_SINCE_SUCCESS,
                    value=since / timedelta(hours=1),
                    at=now,
                )
            ratios = [
                (now - job["CreationTime"]).total_seconds() / usual
                for job in running
                if transform_of_job(job["TransformJobName"], self.environment)
                == transform
                for usual in _usual(end)
            ]
            if ratios:
                yield Value(
                    transform=transform, metric=TIMES_USUAL, value=max(ratios), at=now
                )

    def _ends(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Transforms and what is noted of their ends."""
        folder = f"s3://{self.records.bucket}/ends/"
        for name, _ in entries(self.records.s3, folder):
            found = self.records.read(f"ends/{name}")
            yield name.removesuffix(".json"), found[0] if found else {}


def _usual(end: Mapping[str, Any]) -> Iterator[float]:
    """How many seconds a run usually lasts, where that can be said."""
    lasted = [seconds for _, seconds in end.get("lasted", [])]
    if len(lasted) >= _FEW and median(lasted) > 0:
        yield median(lasted)
