"""Runs transform jobs, each in its own thread."""

import hashlib
import logging
import threading
import time
from typing import Final

from rehearsal.embedded.scope import Scope
from rehearsal.engine import EngineSettings, Outcome, TransformJob, run_job
from rehearsal.engine.errors import CLIENT_ERROR, INTERNAL_ERROR, JobError
from rehearsal.sagemaker import execution_role
from rehearsal.sagemaker.events import announce
from rehearsal.sagemaker.execution_role import LOG_GROUP, RoleError
from rehearsal.sagemaker.platform import Platform
from rehearsal.sagemaker.status import JobStatus
from rehearsal.sagemaker.store import JobRecord

_LOGGER: Final = logging.getLogger(__name__)
_END_SECONDS: Final = 2.0


class JobRunner:
    """Starts jobs on the local engine and tells the platform what becomes of them.

    Args:
        platform: The cloud around SageMaker.
        settings: How this machine runs jobs.
    """

    def __init__(self, platform: Platform, settings: EngineSettings) -> None:
        self._platform = platform
        self._settings = settings
        self._lock = threading.Lock()
        self._running: dict[JobRecord, threading.Thread] = {}
        self._closed = False

    def start(self, scope: Scope, job: JobRecord) -> None:
        """Announce a job and run it."""
        announce(self._platform, job)
        thread = threading.Thread(
            target=self._run, args=(scope, job), name=job.name, daemon=True
        )
        with self._lock:
            self._running[job] = thread
        thread.start()

    def close(self) -> None:
        """Kill the processes of every running job, and let the jobs end.

        They are not waited for at length: the caller may be the very thread that
        answers the request to S3 on which a job hangs.
        """
        with self._lock:
            self._closed = True
            running = dict(self._running)
        for job in running:
            job.stop.set()
        deadline = time.monotonic() + _END_SECONDS
        for thread in running.values():
            thread.join(max(0.0, deadline - time.monotonic()))

    def wait(self, job: JobRecord) -> None:
        """Wait until a job has ended."""
        with self._lock:
            thread = self._running.get(job)
        if thread is not None:
            thread.join()

    def _run(self, scope: Scope, job: JobRecord) -> None:
        with self._platform.within(scope):
            try:
                outcome = self._outcome(scope, job)
            except RoleError as error:
                outcome = _failed(CLIENT_ERROR, str(error))
            except Exception:
                _LOGGER.exception("the transform job %s broke the rehearsal", job.name)
                outcome = _failed(
                    INTERNAL_ERROR,
                    "We encountered an internal error. Please try again.",
                )
            if not self._closed:
                self._finish(job, outcome)
        with self._lock:
            del self._running[job]

    def _outcome(self, scope: Scope, job: JobRecord) -> Outcome:
        execution_role.check_job(self._platform, scope, job)
        storage = execution_role.job_storage(self._platform, job.model)
        try:
            described = TransformJob.from_requests(job.model.request, job.request)
        except ValueError as error:
            return _failed(CLIENT_ERROR, str(error))

        def started() -> None:
            job.started = self._platform.now()

        return run_job(
            described,
            storage=storage,
            settings=self._settings,
            log=_CloudLog(self._platform, scope, job),
            stop=job.stop,
            on_start=started,
        )

    def _finish(self, job: JobRecord, outcome: Outcome) -> None:
        now = self._platform.now()
        job.ended = now
        # A reason is there before the status that makes people look for it.
        job.failure_reason = outcome.failure_reason
        if not job.advance(JobStatus(outcome.status), now):
            # StopTransformJob came when the job was all but over.
            job.failure_reason = None
            job.advance(JobStatus.STOPPED, now)
        announce(self._platform, job)


class _CloudLog:
    """The log streams of a job. AWS: Log Amazon SageMaker Events with CloudWatch.

    A role that may not write logs leaves none, and the job runs on.
    """

    def __init__(self, platform: Platform, scope: Scope, job: JobRecord) -> None:
        self._platform = platform
        self._scope = scope
        self._silent = not execution_role.may_write_logs(
            platform, scope, job.model.role_arn
        )
        instance = f"i-{hashlib.sha256(job.name.encode()).hexdigest()[:17]}"
        self._stream = f"{job.name}/{instance}-{int(platform.now())}"

    def container(self, line: str) -> None:
        self._write(self._stream, line)

    def data(self, line: str) -> None:
        self._write(f"{self._stream}/data-log", line)

    def _write(self, stream: str, line: str) -> None:
        if not self._silent:
            with self._platform.within(self._scope):
                self._platform.write_log(LOG_GROUP, stream, [line])


def _failed(kind: str, text: str) -> Outcome:
    return Outcome(status=JobStatus.FAILED, failure_reason=JobError(kind, text).reason)
