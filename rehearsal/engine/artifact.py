"""A model's `.tar.gz`, unpacked without trusting it."""

import shutil
import tarfile
from pathlib import Path
from typing import IO, Final, cast

from rehearsal.engine.errors import CLIENT_ERROR, JobError
from rehearsal.engine.storage import Location, Reader

VOLUME_BYTES: Final = 30 * 1024**3
"""The storage of a transform instance. AWS: Storage in Batch Transform."""

MAX_ENTRIES: Final = 100_000


class _UnsafeArchiveError(Exception):
    """The archive asks for something that an artifact has no use for."""


def unpack(archive: Reader, location: Location, folder: Path) -> None:
    """Unpack an artifact into an empty folder.

    Regular files, folders, and links that stay inside the folder are taken; what an
    attacker would add is refused. Owners and times are dropped.

    Args:
        archive: The artifact's bytes.
        location: Where the artifact lies, for the failure's text.
        folder: Where the files go; it must exist.

    Raises:
        JobError: The artifact is no gzip tar archive, is too large, or is unsafe.
    """
    room = min(VOLUME_BYTES, shutil.disk_usage(folder).free // 2)
    try:
        with tarfile.open(fileobj=cast(IO[bytes], archive), mode="r|gz") as members:
            _Unpacker(folder.resolve(), room).unpack(members)
    except _UnsafeArchiveError as error:
        raise JobError(CLIENT_ERROR, f"{location} was refused: {error}.") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobError(
            CLIENT_ERROR,
            f"{location} could not be unpacked; a model artifact is a tar archive "
            f"compressed with gzip: {error}.",
        ) from error


class _Unpacker:
    def __init__(self, folder: Path, room: int) -> None:
        self._folder = folder
        self._room = room
        self._links: list[Path] = []

    def unpack(self, members: tarfile.TarFile) -> None:
        for count, member in enumerate(members, start=1):
            if count > MAX_ENTRIES:
                raise _UnsafeArchiveError(f"it has more than {MAX_ENTRIES} entries")
            self._unpack_member(members, member)
        # A link that was harmless when it was made leads elsewhere once a later entry
        # puts another link on its way.
        for link in self._links:
            self._check_inside(link, link.relative_to(self._folder).as_posix())

    def _unpack_member(self, members: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        target = self._target(member.name)
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.is_file():
            target.unlink()
        if member.issym():
            target.symlink_to(member.linkname)
            self._check_inside(target, member.name)
            self._links.append(target)
        elif member.islnk():
            self._copy_link(member, target)
        elif member.isreg():
            self._write(members, member, target)
        else:
            raise _UnsafeArchiveError(f"{member.name!r} is a device or a pipe")

    def _target(self, name: str) -> Path:
        if name.startswith("/") or ".." in Path(name).parts:
            raise _UnsafeArchiveError(f"{name!r} lies outside the archive")
        target = self._folder / name
        # `tar -C folder .` names the folder itself, as `.`.
        if target != self._folder:
            self._check_inside(target.parent, name)
        return target

    def _check_inside(self, path: Path, name: str) -> None:
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError) as error:
            raise _UnsafeArchiveError(f"{name!r} is a link in a circle") from error
        if not resolved.is_relative_to(self._folder):
            raise _UnsafeArchiveError(f"{name!r} leads outside the archive")

    def _copy_link(self, member: tarfile.TarInfo, target: Path) -> None:
        source = self._target(member.linkname)
        if source.is_symlink() or not source.is_file():
            raise _UnsafeArchiveError(
                f"{member.name!r} links to {member.linkname!r}, which is no file of it"
            )
        self._take(source.stat().st_size)
        shutil.copyfile(source, target)

    def _write(
        self, members: tarfile.TarFile, member: tarfile.TarInfo, target: Path
    ) -> None:
        self._take(member.size)
        content = members.extractfile(member)
        if content is None:
            raise _UnsafeArchiveError(f"{member.name!r} has no content")
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)
        target.chmod(0o755 if member.mode & 0o111 else 0o644)

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise _UnsafeArchiveError("it unpacks to more than the volume holds")
