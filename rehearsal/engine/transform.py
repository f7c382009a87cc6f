"""One transform job, from its artifact to its last output."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from rehearsal.engine.artifact import unpack
from rehearsal.engine.batch import Batch, ObjectResult
from rehearsal.engine.errors import ALGORITHM_ERROR, CLIENT_ERROR, JobError
from rehearsal.engine.invoke import InvocationError, Invoker
from rehearsal.engine.job import Container, TransformJob
from rehearsal.engine.objects import InputObject, input_objects
from rehearsal.engine.serving import ModelServer
from rehearsal.engine.stop import StopSignal
from rehearsal.engine.storage import Storage, StorageError
from rehearsal.engine.support import check_supported
from rehearsal.engine.tuning import Tuning, batch_environment

COMPLETED: Final = "Completed"
FAILED: Final = "Failed"
STOPPED: Final = "Stopped"

_WRITERS: Final = 4
_ANSWER_CHARACTERS: Final = 8 * 1024
_EXAMPLE: Final = (
    '["python", "serve.py", "--port", "{port}", "--model-dir", "{model_dir}"]'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How this machine stands in for SageMaker's instances.

    Args:
        commands: The local command of each image URI, with `{port}` and `{model_dir}`
            where the command wants them.
        work: Folder for what a job keeps while it runs.
        ready_seconds: How long `/ping` may take to answer; AWS waits half an hour.
    """

    commands: Mapping[str, Sequence[str]]
    work: Path
    ready_seconds: float = 60.0


class JobLog(Protocol):
    """Where a job's words go; both methods are called from several threads."""

    def container(self, line: str) -> None:
        """Take a line that the serving process printed."""

    def data(self, line: str) -> None:
        """Take a line about the objects and their records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job ended.

    Args:
        status: `Completed`, `Failed` or `Stopped`.
        failure_reason: SageMaker's FailureReason; None unless the job failed.
    """

    status: str
    failure_reason: str | None = None


def run_job(
    job: TransformJob,
    *,
    storage: Storage,
    settings: EngineSettings,
    log: JobLog,
    stop: StopSignal,
    on_start: Callable[[], None],
) -> Outcome:
    """Run a job to its end.

    The outputs are kept aside and written when all inputs are through, because a
    stopped job leaves none. AWS: StopTransformJob.

    Args:
        job: The model and the job.
        storage: Where artifact, inputs and outputs are, as the job's role sees it.
        settings: This machine.
        log: Takes what the container prints and what befalls the records.
        stop: Ends the job early.
        on_start: Called once the container is ready.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=settings.work, prefix="job-", ignore_cleanup_errors=True
    ) as folder:
        run = _Run(job, storage, settings, log, stop, Path(folder))
        try:
            outcome = run.to_its_end(on_start)
        except JobError as error:
            outcome = Outcome(status=FAILED, failure_reason=error.reason)
        except StorageError as error:
            reason = JobError(CLIENT_ERROR, str(error)).reason
            outcome = Outcome(status=FAILED, failure_reason=reason)
    return Outcome(status=STOPPED) if stop.is_set() else outcome


class _Run:
    def __init__(
        self,
        job: TransformJob,
        storage: Storage,
        settings: EngineSettings,
        log: JobLog,
        stop: StopSignal,
        folder: Path,
    ) -> None:
        self._job = job
        self._storage = storage
        self._settings = settings
        self._log = log
        self._stop = stop
        self._folder = folder

    def to_its_end(self, on_start: Callable[[], None]) -> Outcome:
        check_supported(self._job)
        container = self._job.containers[0]
        command = self._command(container.image)
        model_dir = self._subfolder("model")
        if container.artifact is not None:
            with self._storage.open(container.artifact) as archive:
                unpack(archive, container.artifact, model_dir)
        with (
            ModelServer(
                command=command,
                model_dir=model_dir,
                scratch=self._subfolder("scratch"),
                environment=self._environment(container),
                on_line=self._log.container,
            ) as server,
            self._stop.calls(server.kill),
        ):
            server.wait_until_ready(
                seconds=self._settings.ready_seconds, stopped=self._stop.is_set
            )
            on_start()
            results = self._transform(server)
            failures = [
                (result.source, result.error)
                for result in results
                if result.error is not None
            ]
            reason = _failure_reason(failures, server)
        outputs = [result for result in results if result.error is None]
        if self._stop.is_set():
            return Outcome(status=STOPPED)
        self._write(outputs)
        return Outcome(status=FAILED if reason else COMPLETED, failure_reason=reason)

    def _command(self, image: str) -> Sequence[str]:
        try:
            return self._settings.commands[image]
        except KeyError:
            raise JobError(
                CLIENT_ERROR,
                f"The rehearsal has no local command for the image {image}. Map it "
                f'in the rehearsal\'s images: {{"{image}": {_EXAMPLE}}}.',
            ) from None

    def _environment(self, container: Container) -> dict[str, str]:
        return {
            **batch_environment(self._job),
            **container.environment,
            **self._job.environment,
        }

    def _subfolder(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _transform(self, server: ModelServer) -> list[ObjectResult]:
        job = self._job
        tuning = Tuning.of(job, server.execution_parameters())
        self._data(str(tuning))

        def ended() -> bool:
            return server.exit_code() is not None

        results = []
        with Invoker(
            port=server.port,
            content_type=job.input.content_type,
            accept=job.output.accept,
            timeout_seconds=job.invocations_timeout_in_seconds,
            max_retries=job.invocations_max_retries,
            given_up=ended,
        ) as invoker:
            batch = Batch(
                storage=self._storage,
                invoke=invoker.invoke,
                tuning=tuning,
                split=job.input.split,
                newline=job.output.assemble_with_line,
                folder=self._subfolder("outputs"),
                halted=ended,
            )
            for result in batch.run(input_objects(job.input, self._storage)):
                if result.error is not None:
                    self._report(result.source, result.error)
                results.append(result)
        return results

    def _write(self, outputs: Sequence[ObjectResult]) -> None:
        def write(result: ObjectResult) -> None:
            output = self._job.output
            self._storage.put(
                result.source.output(output.path), result.output, output.kms_key_id
            )

        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(write, outputs):
                pass

    def _report(self, source: InputObject, error: JobError) -> None:
        if not isinstance(error, InvocationError):
            self._data(f"{source}: {error}")
            return
        self._data(f"{source}: {error.logged}")
        if error.answer:
            words = error.answer[:_ANSWER_CHARACTERS]
            for line in ("", "Message:", *words.splitlines()):
                self._data(f"{source}: {line}")

    def _data(self, text: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._log.data(f"{now.removesuffix('+00:00')}:[sagemaker logs]: {text}")


def _failure_reason(
    failures: Sequence[tuple[InputObject, JobError]], server: ModelServer
) -> str | None:
    if server.exit_code() is not None:
        died_at = [
            f"{source}: " for source, error in failures if error.kind == ALGORITHM_ERROR
        ]
        at = died_at[0] if died_at else ""
        return JobError(ALGORITHM_ERROR, f"{at}{server.how_it_ended()}").reason
    if not failures:
        return None
    source, error = failures[0]
    others = f" {len(failures)} objects failed." if len(failures) > 1 else ""
    text = f"{source}: {error.text}.{others} See job logs for more information."
    return JobError(error.kind, text).reason
