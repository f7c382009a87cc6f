"""Many payloads at once, with every answer in its place."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from rehearsal.engine import records
from rehearsal.engine.errors import CLIENT_ERROR, JobError
from rehearsal.engine.objects import InputObject
from rehearsal.engine.storage import Reader, Storage, StorageError
from rehearsal.engine.tuning import Tuning

_WINDOW: Final = 4
"""Payloads in hand per concurrent request: enough that a slow one holds nobody up."""


@dataclass(kw_only=True, eq=False)
class ObjectResult:
    """What became of one input object.

    Args:
        source: The input object.
        output: The file with the assembled answers.
        error: Why there is no output, None when there is one.
    """

    source: InputObject
    output: Path
    error: JobError | None = None
    _file: BinaryIO | None = field(default=None, repr=False)

    def write(self, answer: bytes) -> None:
        """Add an answer to the output."""
        if self._file is None:
            self._file = self.output.open("wb")
        self._file.write(answer)

    def close(self) -> None:
        """Finish the output; an object without an answer has an empty one."""
        if self.error is not None:
            self.discard()
            return
        self.write(b"")
        if self._file is not None:
            self._file.close()

    def discard(self) -> None:
        """Take the output away."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self.output.unlink()


class Batch:
    """Transforms objects with a bounded number of payloads in hand.

    Args:
        storage: Where the objects lie.
        invoke: Sends one payload and returns its answer; called from several threads.
        tuning: How many at once, how large, how many records.
        split: `Line`, or None for one record per object.
        newline: A newline follows each answer.
        folder: Where the outputs are kept.
        halted: Says that no further payload makes sense.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        invoke: Callable[[bytes], bytes],
        tuning: Tuning,
        split: str | None,
        newline: bool,
        folder: Path,
        halted: Callable[[], bool],
    ) -> None:
        self._storage = storage
        self._invoke = invoke
        self._tuning = tuning
        self._cut = _cutter(split, tuning)
        self._terminator = b"\n" if newline else b""
        self._folder = folder
        self._halted = halted

    def run(self, objects: Iterable[InputObject]) -> Iterator[ObjectResult]:
        """Yield each object's result, in the order of the objects."""
        workers = self._tuning.max_concurrent_transforms
        pending: deque[tuple[ObjectResult, Future[bytes] | None]] = deque()
        pool = ThreadPoolExecutor(workers)
        try:
            for number, source in enumerate(objects):
                result = ObjectResult(source=source, output=self._folder / str(number))
                for payload in self._payloads(result):
                    pending.append((result, pool.submit(self._invoke, payload)))
                    while len(pending) > workers * _WINDOW:
                        yield from self._settle(*pending.popleft())
                pending.append((result, None))
                if self._halted():
                    break
            while pending:
                yield from self._settle(*pending.popleft())
        finally:
            pool.shutdown(cancel_futures=True)
            for result, _ in pending:
                result.discard()

    def _payloads(self, result: ObjectResult) -> Iterator[bytes]:
        try:
            with self._storage.open(result.source.location) as reader:
                for payload in self._cut(reader, self._tuning.max_payload_bytes):
                    if result.error is not None or self._halted():
                        return
                    yield payload
        except records.RecordTooLargeError:
            result.error = JobError(
                CLIENT_ERROR,
                "Too much data for max payload size: a record is larger than "
                f"MaxPayloadInMB={self._tuning.max_payload_in_mb}",
            )
        except StorageError as error:
            result.error = JobError(CLIENT_ERROR, str(error))

    def _settle(
        self, result: ObjectResult, answer: Future[bytes] | None
    ) -> Iterator[ObjectResult]:
        """Take an answer; None stands for the end of the object."""
        if answer is None:
            result.close()
            yield result
            return
        try:
            content = answer.result()
        except JobError as error:
            result.error = result.error or error
            return
        result.write(content + self._terminator)


def _cutter(
    split: str | None, tuning: Tuning
) -> Callable[[Reader, int], Iterator[bytes]]:
    if split is None:
        return records.whole
    if tuning.batch_strategy == "SINGLE_RECORD":
        return records.single_lines
    return records.packed_lines
