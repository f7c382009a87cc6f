"""How many requests a job sends at once, how large, and with how many records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from rehearsal.engine.errors import ALGORITHM_ERROR, JobError
from rehearsal.engine.job import TransformJob

MEBIBYTE: Final = 1024 * 1024

_STRATEGIES: Final = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The three settings that a request, the container, or a default decides.

    Source: AWS: Use Your Own Inference Code with Batch Transform.
    """

    max_concurrent_transforms: int
    max_payload_in_mb: int
    batch_strategy: str

    @classmethod
    def of(cls, job: TransformJob, container: Mapping[str, Any]) -> Self:
        """Take each setting from the job, else from the container, else the default.

        Args:
            job: None, and 0 for the concurrency, leave the choice to the container.
            container: What `/execution-parameters` answered.

        Raises:
            JobError: The container's answer has a value of the wrong kind.
        """
        strategy = job.batch_strategy
        return cls(
            max_concurrent_transforms=job.max_concurrent_transforms
            or _number(container, "MaxConcurrentTransforms", 1),
            max_payload_in_mb=job.max_payload_in_mb
            or _number(container, "MaxPayloadInMB", 6),
            batch_strategy=_STRATEGIES[strategy] if strategy else _strategy(container),
        )

    @property
    def max_payload_bytes(self) -> int:
        """The largest request body."""
        return self.max_payload_in_mb * MEBIBYTE

    def __str__(self) -> str:
        """The line that SageMaker writes into a job's data log."""
        return (
            f"MaxConcurrentTransforms={self.max_concurrent_transforms}, "
            f"MaxPayloadInMB={self.max_payload_in_mb}, "
            f"BatchStrategy={self.batch_strategy}"
        )


def batch_environment(job: TransformJob) -> dict[str, str]:
    """The variables that tell a container about the job, as far as the job says.

    Source: AWS: Use Your Own Inference Code with Batch Transform.
    """
    environment = {"SAGEMAKER_BATCH": "true"}
    if job.max_payload_in_mb is not None:
        environment["SAGEMAKER_MAX_PAYLOAD_IN_MB"] = str(job.max_payload_in_mb)
    if job.batch_strategy is not None:
        environment["SAGEMAKER_BATCH_STRATEGY"] = _STRATEGIES[job.batch_strategy]
    if job.max_concurrent_transforms is not None:
        environment["SAGEMAKER_MAX_CONCURRENT_TRANSFORMS"] = str(
            job.max_concurrent_transforms
        )
    return environment


def _number(container: Mapping[str, Any], name: str, default: int) -> int:
    value = container.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _unusable(name, value, "a whole number from 1")
    return value


def _strategy(container: Mapping[str, Any]) -> str:
    value = container.get("BatchStrategy", "MULTI_RECORD")
    if value not in _STRATEGIES.values():
        raise _unusable("BatchStrategy", value, "MULTI_RECORD or SINGLE_RECORD")
    return str(value)


def _unusable(name: str, value: object, rule: str) -> JobError:
    return JobError(
        ALGORITHM_ERROR,
        f"/execution-parameters answered {name} {value!r}; it must be {rule}.",
    )
