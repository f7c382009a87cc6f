import gzip
import io
import os
import random
import shutil
import tarfile
from collections import namedtuple
from pathlib import Path

import pytest

from rehearsal.engine import Location
from rehearsal.engine import artifact as artifact_module
from rehearsal.engine.artifact import unpack
from rehearsal.engine.errors import JobError
from tests.rehearsal.engine.archives import archive, member

WHERE = Location("models", "model.tar.gz")


def reader(*members: tarfile.TarInfo) -> io.BytesIO:
    return io.BytesIO(archive(*members))


def test_files_folders_and_links_inside_are_unpacked(tmp_path: Path) -> None:
    program = member("code/run.sh")
    program.mode = 0o4755
    unpack(
        reader(
            member("./model.pth"),
            member("code", tarfile.DIRTYPE),
            program,
            member("latest.pth", tarfile.SYMTYPE, "model.pth"),
            member("code/up.pth", tarfile.SYMTYPE, "../model.pth"),
            member("copy.pth", tarfile.LNKTYPE, "model.pth"),
        ),
        WHERE,
        tmp_path,
    )

    for name in ("model.pth", "code/run.sh", "latest.pth", "code/up.pth", "copy.pth"):
        assert (tmp_path / name).read_bytes() == b"content"
    assert (tmp_path / "code/run.sh").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "model.pth").stat().st_mode & 0o7777 == 0o644


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([member("/etc/passwd")], "'/etc/passwd' lies outside the archive"),
        ([member("../up")], "'../up' lies outside the archive"),
        ([member("a/../../up")], "lies outside the archive"),
        ([member("out", tarfile.SYMTYPE, "/etc")], "'out' leads outside"),
        ([member("out", tarfile.SYMTYPE, "..")], "'out' leads outside"),
        (
            [
                member("sneak", tarfile.SYMTYPE, "b/x/../.."),
                member("x", tarfile.DIRTYPE),
                member("b", tarfile.SYMTYPE, "."),
            ],
            "'sneak' leads outside",
        ),
        (
            [
                member("sneak", tarfile.SYMTYPE, "b/x/../.."),
                member("x", tarfile.DIRTYPE),
                member("b", tarfile.SYMTYPE, "."),
                member("sneak/evil"),
            ],
            "'sneak/evil' leads outside",
        ),
        ([member("loop", tarfile.SYMTYPE, "loop")], "'loop'"),
        ([member("hard", tarfile.LNKTYPE, "/etc/passwd")], "lies outside"),
        ([member("hard", tarfile.LNKTYPE, "nothing")], "which is no file of it"),
        ([member("null", tarfile.CHRTYPE)], "'null' is a device or a pipe"),
        ([member("pipe", tarfile.FIFOTYPE)], "'pipe' is a device or a pipe"),
    ],
)
def test_what_an_artifact_has_no_use_for_is_refused(
    tmp_path: Path, members: list[tarfile.TarInfo], said: str
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()

    with pytest.raises(JobError) as raised:
        unpack(reader(*members), WHERE, folder)

    assert raised.value.reason.startswith("ClientError: s3://models/model.tar.gz was r")
    assert said in raised.value.reason
    assert os.listdir(tmp_path) == ["model"]


def test_a_file_is_never_written_through_a_link(tmp_path: Path) -> None:
    unpack(
        reader(
            member("target"),
            member("name", tarfile.SYMTYPE, "target"),
            member("name"),
        ),
        WHERE,
        tmp_path,
    )

    assert not (tmp_path / "name").is_symlink()


def test_an_archive_of_the_folder_itself_is_unpacked(tmp_path: Path) -> None:
    # As `tar -C folder .` packs it.
    folder = member(".", tarfile.DIRTYPE)

    unpack(reader(folder, member("./a"), member("./b/c")), WHERE, tmp_path)

    assert (tmp_path / "a").read_bytes() == b"content"
    assert (tmp_path / "b" / "c").read_bytes() == b"content"


def test_an_archive_that_outgrows_the_volume_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AWS: Storage in Batch Transform.
    monkeypatch.setattr(artifact_module, "VOLUME_BYTES", 10)

    with pytest.raises(JobError, match="more than the volume holds"):
        unpack(reader(member("a"), member("b")), WHERE, tmp_path)


def test_an_archive_may_take_half_of_the_free_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(13))

    with pytest.raises(JobError, match="more than the volume holds"):
        unpack(reader(member("a")), WHERE, tmp_path)


def test_an_archive_of_too_many_entries_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact_module, "MAX_ENTRIES", 2)

    with pytest.raises(JobError, match="more than 2 entries"):
        unpack(reader(*(member(str(n)) for n in range(3))), WHERE, tmp_path)


NOISE = random.Random(1).randbytes(50_000)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"this is no archive at all, not even nearly", id="text"),
        pytest.param(gzip.compress(b"no tar archive" * 100, mtime=0), id="gzip only"),
        pytest.param(archive(member("a"), content=NOISE)[:-20_000], id="cut off"),
    ],
)
def test_what_is_no_gzip_tar_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(JobError) as raised:
        unpack(io.BytesIO(content), WHERE, tmp_path)

    assert "a model artifact is a tar archive compressed with gzip" in str(raised.value)
