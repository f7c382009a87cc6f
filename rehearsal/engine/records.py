"""An object's bytes, cut into the bodies of its requests."""

from collections.abc import Iterator
from typing import Final

from rehearsal.engine.storage import Reader

_CHUNK: Final = 1 << 20


class RecordTooLargeError(Exception):
    """One record is larger than the largest payload."""


def whole(reader: Reader, limit: int) -> Iterator[bytes]:
    """Yield the object as one record, however many bytes up to the limit it has.

    Raises:
        RecordTooLargeError: The object has more bytes.
    """
    content = b"".join(_chunks(reader, limit + 1))
    if len(content) > limit:
        raise RecordTooLargeError
    yield content


def single_lines(reader: Reader, limit: int) -> Iterator[bytes]:
    """Yield each line without its newline.

    Raises:
        RecordTooLargeError: A line has more bytes than the limit.
    """
    rest = b""
    while chunk := reader.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield _checked(line, limit)
        _checked(rest, limit)
    if rest:
        yield rest


def packed_lines(reader: Reader, limit: int) -> Iterator[bytes]:
    """Yield as many whole lines at a time as fit, without the last one's newline.

    Raises:
        RecordTooLargeError: A line has more bytes than the limit.
    """
    buffer = bytearray()
    ended = False
    while True:
        while not ended and len(buffer) <= limit + 1:
            chunk = reader.read(_CHUNK)
            ended = not chunk
            buffer += chunk
        if not buffer:
            return
        if ended and len(buffer) - buffer.endswith(b"\n") <= limit:
            yield bytes(buffer.removesuffix(b"\n"))
            return
        # The newline may lie right behind a payload that is full to the last byte.
        end = buffer.rfind(b"\n", 0, limit + 1)
        if end < 0:
            raise RecordTooLargeError
        yield bytes(buffer[:end])
        del buffer[: end + 1]


def _checked(line: bytes, limit: int) -> bytes:
    if len(line) > limit:
        raise RecordTooLargeError
    return line


def _chunks(reader: Reader, most: int) -> Iterator[bytes]:
    while most > 0 and (chunk := reader.read(min(_CHUNK, most))):
        most -= len(chunk)
        yield chunk
