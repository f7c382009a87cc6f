"""Model artifacts that tests pack; the same members give the same bytes."""

import gzip
import io
import tarfile


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    info.mode = 0o644
    return info


def archive(*members: tarfile.TarInfo, content: bytes = b"content") -> bytes:
    """A `.tar.gz` of these members, whose files all have the same content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for info in members:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return gzip.compress(packed.getvalue(), mtime=0)
