"""Serves a face detector over HTTP, as SageMaker expects of a model's container.

`GET /ping` answers 200 once the model is loaded, `POST /invocations` takes one
photograph and answers with its faces, `GET /execution-parameters` says how the
container wants to be asked (AWS: Use Your Own Inference Code with Batch Transform).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from types import FrameType

from PIL import Image, UnidentifiedImageError

from .centerface import CenterFace, Face

MAX_CONCURRENT_TRANSFORMS = 2
MAX_PAYLOAD_IN_MB = 6

MAX_PIXELS = 50_000_000
"""A photograph of 6 MB can claim to be huge; decoding needs 3 bytes per pixel."""

CONTENT_TYPES = ("image/jpeg", "image/png", "application/x-image")
"""What the built-in object detection takes (AWS: Object Detection Algorithm)."""

FACE = 0.0
"""The class index of a face; the built-in format writes it as a float."""


class UnreadablePhotographError(Exception):
    """The request's body is not a photograph that can be decoded."""


def read_photograph(body: bytes) -> Image.Image:
    """Decode a JPEG or PNG photograph.

    Raises:
        UnreadablePhotographError: The bytes are something else, cut off, or too large.
    """
    try:
        photograph = Image.open(io.BytesIO(body), formats=("JPEG", "PNG"))
        width, height = photograph.size
        if width * height > MAX_PIXELS:
            raise UnreadablePhotographError(
                f"the photograph is {width} x {height} pixels; "
                f"at most {MAX_PIXELS} pixels are accepted, make it smaller"
            )
        photograph.load()
    except UnidentifiedImageError as error:
        raise UnreadablePhotographError(
            f"the {len(body)} bytes received are neither a JPEG nor a PNG photograph"
        ) from error
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        # ValueError: text inside a PNG that unpacks to megabytes.
        raise UnreadablePhotographError(
            f"the photograph cannot be decoded: {error}"
        ) from error
    return photograph


def prediction_line(faces: list[Face]) -> str:
    """Render faces as the built-in object detection does: one line of JSON.

    Each prediction is [class, score, xmin, ymin, xmax, ymax], corners as fractions of
    width and height (AWS: Object Detection Request and Response Formats).
    """
    rows = [
        [
            FACE,
            *(
                round(value, 6)
                for value in (face.score, face.xmin, face.ymin, face.xmax, face.ymax)
            ),
        ]
        for face in faces
    ]
    return json.dumps({"prediction": rows})


class Server(ThreadingHTTPServer):
    """Listens, and answers each connection in a thread of its own."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, detector: CenterFace) -> None:
        self.detector = detector
        super().__init__(address, Handler)

    def handle_error(
        self, request: socket | tuple[bytes, socket], client_address: object
    ) -> None:
        """Log a client that went away in one line, anything else with its trace."""
        if isinstance(sys.exception(), ConnectionError):
            print("the client went away before its answer", flush=True)
        else:
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection, which stays open between them."""

    protocol_version = "HTTP/1.1"
    timeout = 120  # seconds without a word from the client
    # Head and body of an answer are two writes; held back, the second one would wait
    # 40 ms for the client's acknowledgement of the first.
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer /ping and /execution-parameters."""
        if self.path == "/ping":
            self._answer(200, "")
        elif self.path == "/execution-parameters":
            parameters = {
                "MaxConcurrentTransforms": MAX_CONCURRENT_TRANSFORMS,
                "BatchStrategy": "SINGLE_RECORD",
                "MaxPayloadInMB": MAX_PAYLOAD_IN_MB,
            }
            self._answer(200, json.dumps(parameters), content_type="application/json")
        else:
            self._answer(404, f"there is nothing at {self.path}")

    def do_POST(self) -> None:
        """Answer /invocations with the faces of the photograph in the body."""
        body = self._body()
        if body is None:
            return
        if self.path != "/invocations":
            self._answer(404, f"there is nothing at {self.path}")
            return
        if self.headers.get_content_type() not in CONTENT_TYPES:
            self._answer(
                415,
                f"the content type is {self.headers.get_content_type()}; "
                f"send one of {', '.join(CONTENT_TYPES)}",
            )
            return
        started = time.perf_counter()
        try:
            photograph = read_photograph(body)
        except UnreadablePhotographError as error:
            self._answer(400, str(error))
            return
        faces = self.server.detector.detect(photograph)
        milliseconds = (time.perf_counter() - started) * 1000
        self.log_message("%d faces in %.0f ms", len(faces), milliseconds)
        self._answer(200, prediction_line(faces), content_type="application/json")

    def _body(self) -> bytes | None:
        """Read the request's body; None if it was refused and answered."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            # Without a length, where the next request starts is not known.
            self._answer(411, "send a Content-Length", close=True)
            return None
        if int(length) > MAX_PAYLOAD_IN_MB * 1024 * 1024:
            self._answer(
                413, f"the body is larger than {MAX_PAYLOAD_IN_MB} MB", close=True
            )
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _answer(
        self,
        status: int,
        text: str,
        *,
        content_type: str = "text/plain; charset=utf-8",
        close: bool = False,
    ) -> None:
        if status >= 400:
            self.log_message("%s %s: %d, %s", self.command, self.path, status, text)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what is worth a line is logged where it happens."""

    def log_message(self, format: str, *args: object) -> None:
        """Write one line to standard output, which SageMaker sends to the job's log."""
        print(format % args, flush=True)


def end_at_once(_signal: int, _frame: FrameType | None) -> None:
    """End the process without waiting for requests that are being answered."""
    os._exit(0)


def main() -> None:
    """Load the model, listen, and answer until stopped."""
    parser = argparse.ArgumentParser(prog="serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument(
        "--model-dir", type=Path, required=True, help="folder with the unpacked model"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="a container listens on 0.0.0.0"
    )
    arguments = parser.parse_args()

    # Before loading, so that a stop during start-up is obeyed as well.
    signal.signal(signal.SIGTERM, end_at_once)
    network = arguments.model_dir / "centerface.onnx"
    if not network.is_file():
        sys.exit(f"{network} is missing: --model-dir must hold the unpacked model")
    detector = CenterFace(network)
    with Server((arguments.host, arguments.port), detector=detector) as server:
        print(f"listening on http://{arguments.host}:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
