"""The local transform engine: runs SageMaker batch transform jobs on this machine."""

from rehearsal.engine.job import TransformJob, containers_of
from rehearsal.engine.stop import StopSignal
from rehearsal.engine.storage import (
    Location,
    Reader,
    S3Storage,
    Storage,
    StorageError,
)
from rehearsal.engine.transform import EngineSettings, JobLog, Outcome, run_job

__all__ = [
    "EngineSettings",
    "JobLog",
    "Location",
    "Outcome",
    "Reader",
    "S3Storage",
    "StopSignal",
    "Storage",
    "StorageError",
    "TransformJob",
    "containers_of",
    "run_job",
]
