"""What stands in for S3 and CloudWatch in the engine's tests."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.engine import Location, Reader, StorageError


class MemoryStorage:
    """Objects in a dictionary; some places refuse."""

    def __init__(self) -> None:
        self.objects: dict[Location, bytes] = {}
        self.keys_used: dict[Location, str | None] = {}
        self.refused: dict[Location, str] = {}

    def add(self, bucket: str, **objects: bytes) -> None:
        for key, content in objects.items():
            self.objects[Location(bucket, key)] = content

    def keys(self, prefix: Location) -> Iterator[str]:
        self._check(prefix)
        for location in sorted(self.objects, key=lambda each: each.key.encode()):
            if location.bucket == prefix.bucket and location.key.startswith(prefix.key):
                yield location.key

    @contextmanager
    def open(self, location: Location) -> Iterator[Reader]:
        self._check(location)
        if location not in self.objects:
            raise StorageError(f"could not read {location}: NoSuchKey")
        yield io.BytesIO(self.objects[location])

    def put(self, location: Location, content: Path, kms_key_id: str | None) -> None:
        self._check(location)
        self.objects[location] = content.read_bytes()
        self.keys_used[location] = kms_key_id

    def _check(self, location: Location) -> None:
        for prefix, reason in self.refused.items():
            if location.bucket == prefix.bucket and location.key.startswith(prefix.key):
                raise StorageError(f"could not use {location}: {reason}")


class RecordingLog:
    """Keeps the lines of a job."""

    def __init__(self) -> None:
        self.container_lines: list[str] = []
        self.data_lines: list[str] = []

    def container(self, line: str) -> None:
        self.container_lines.append(line)

    def data(self, line: str) -> None:
        self.data_lines.append(line)
