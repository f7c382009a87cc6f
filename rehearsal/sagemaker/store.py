"""Models and jobs by account, region and name."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from rehearsal.embedded.scope import Scope
from rehearsal.engine import StopSignal
from rehearsal.sagemaker.status import NEXT, JobStatus


class Named(Protocol):
    """A resource with a name."""

    @property
    def name(self) -> str:
        """The name, as it was written."""


@dataclass(kw_only=True, eq=False)
class ModelRecord:
    """A model: the request that made it, and what SageMaker adds."""

    arn: str
    request: Mapping[str, Any]
    created: float
    tags: dict[str, str]

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.request["ModelName"])

    @property
    def role_arn(self) -> str:
        """The role that SageMaker assumes for the model's jobs."""
        return str(self.request["ExecutionRoleArn"])

    @property
    def subnets(self) -> list[str]:
        """The subnets in which the model's jobs run, none without a VpcConfig."""
        return list(self.request.get("VpcConfig", {}).get("Subnets", []))


@dataclass(kw_only=True, eq=False)
class JobRecord:
    """A transform job: the request that made it, and how far it is.

    The model is kept as it was when the job was made, since it may be deleted while
    the job runs.
    """

    arn: str
    request: Mapping[str, Any]
    model: ModelRecord
    created: float
    tags: dict[str, str]
    status: JobStatus = JobStatus.IN_PROGRESS
    modified: float = 0.0
    started: float | None = None
    ended: float | None = None
    failure_reason: str | None = None
    stop: StopSignal = field(default_factory=StopSignal)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self.request["TransformJobName"])

    def advance(self, status: JobStatus, now: float) -> bool:
        """Take the next status, unless the job's life does not go there."""
        with self._lock:
            if status not in NEXT[self.status]:
                return False
            self.status = status
            self.modified = now
            return True


R = TypeVar("R", bound=Named)


class Store(Generic[R]):
    """Resources of one kind, each seen in its own account and region only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[tuple[Scope, str], R] = {}

    def add(self, scope: Scope, record: R) -> bool:
        """Add a resource, unless the name is taken."""
        with self._lock:
            taken = (scope, record.name) in self._records
            if not taken:
                self._records[scope, record.name] = record
            return not taken

    def get(self, scope: Scope, name: str) -> R | None:
        """The resource of this name, if there is one."""
        return self._records.get((scope, name))

    def remove(self, scope: Scope, name: str) -> None:
        """Remove a resource, if it is there."""
        with self._lock:
            self._records.pop((scope, name), None)

    def all(self, scope: Scope) -> Iterator[R]:
        """Yield what the account has in the region."""
        with self._lock:
            records = list(self._records.items())
        return (record for (owner, _), record in records if owner == scope)
