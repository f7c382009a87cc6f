import io
from collections.abc import Callable, Iterator

import pytest

from rehearsal.engine import records
from rehearsal.engine.records import RecordTooLargeError
from rehearsal.engine.storage import Reader

Cutter = Callable[[Reader, int], Iterator[bytes]]


class Dribble:
    """Gives one to three bytes at a time."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)
        self._turn = 0

    def read(self, amount: int, /) -> bytes:
        self._turn += 1
        return self._rest.read(min(amount, 1 + self._turn % 3))


@pytest.mark.parametrize("reader", [io.BytesIO, Dribble])
@pytest.mark.parametrize(
    ("cut", "content", "payloads"),
    [
        # AWS: TransformInput, SplitType; CreateTransformJob, BatchStrategy.
        (records.whole, b"", [b""]),
        (records.whole, b"a\nb", [b"a\nb"]),
        (records.single_lines, b"", []),
        (records.single_lines, b"a\nb\n", [b"a", b"b"]),
        (records.single_lines, b"a\nb", [b"a", b"b"]),
        (records.single_lines, b"a\r\n\nb", [b"a\r", b"", b"b"]),
        (records.single_lines, b"12345\n1", [b"12345", b"1"]),
        (records.packed_lines, b"", []),
        (records.packed_lines, b"a\nb\n", [b"a\nb"]),
        (records.packed_lines, b"a\nb\nc\n", [b"a\nb\nc"]),
        (records.packed_lines, b"a\nb\nc\nd", [b"a\nb\nc", b"d"]),
        (records.packed_lines, b"12345\n12345\n", [b"12345", b"12345"]),
        (records.packed_lines, b"1234\n12\n12\n1", [b"1234", b"12\n12", b"1"]),
        (records.packed_lines, b"\n\na\n", [b"\n\na"]),
    ],
)
def test_content_is_cut_into_payloads_of_five_bytes(
    reader: Callable[[bytes], Reader],
    cut: Cutter,
    content: bytes,
    payloads: list[bytes],
) -> None:
    assert list(cut(reader(content), 5)) == payloads


@pytest.mark.parametrize("reader", [io.BytesIO, Dribble])
@pytest.mark.parametrize(
    ("cut", "content"),
    [
        (records.whole, b"123456"),
        (records.single_lines, b"1\n123456\n1"),
        (records.single_lines, b"1\n123456"),
        (records.packed_lines, b"1\n123456\n1"),
        (records.packed_lines, b"123456"),
    ],
)
def test_a_record_larger_than_the_payload_is_refused(
    reader: Callable[[bytes], Reader], cut: Cutter, content: bytes
) -> None:
    # AWS: CreateTransformJob, MaxPayloadInMB.
    with pytest.raises(RecordTooLargeError):
        list(cut(reader(content), 5))


@pytest.mark.parametrize("cut", [records.single_lines, records.packed_lines])
def test_nothing_is_lost_whatever_the_limit(cut: Cutter) -> None:
    content = b"\n".join(b"x" * (n * 7 % 13) for n in range(200)) + b"\n"

    for limit in range(12, 60):
        payloads = list(cut(Dribble(content), limit))
        assert b"".join(payload + b"\n" for payload in payloads) == content
        assert max(map(len, payloads)) <= limit
