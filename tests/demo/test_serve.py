"""The serving contract, over a real process that runs from the unpacked artifact."""

import http.client
import io
import json
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET

import pytest
from PIL import Image, PngImagePlugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    process: subprocess.Popen[str]
    port: int

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def invoke(self, body: bytes, content_type: str = "image/jpeg") -> tuple[int, str]:
        connection = self.connect()
        connection.request("POST", "/invocations", body, {"Content-Type": content_type})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text


@contextmanager
def running(model_folder: Path, elsewhere: Path) -> Iterator[Serving]:
    command = [sys.executable, str(model_folder / "code"), "--port", "0"]
    command += ["--model-dir", str(model_folder)]
    # Neither the folder nor the environment leads to the repository.
    with subprocess.Popen(
        command,
        cwd=elsewhere,
        env={},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            listening = re.fullmatch(r"listening on http://127.0.0.1:(\d+)\n", line)
            assert listening, line
            yield Serving(process=process, port=int(listening[1]))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def serving(
    model_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    with running(model_folder, tmp_path_factory.mktemp("elsewhere")) as serving:
        yield serving


@pytest.fixture(scope="module")
def astronaut(photographs: Path) -> bytes:
    return (photographs / "astronaut.jpg").read_bytes()


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_ping_answers_200_with_an_empty_body(serving: Serving) -> None:
    connection = serving.connect()
    connection.request("GET", "/ping")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    connection.close()


def test_the_container_says_how_it_wants_to_be_asked(serving: Serving) -> None:
    connection = serving.connect()
    connection.request("GET", "/execution-parameters")
    assert json.load(connection.getresponse()) == {
        "MaxConcurrentTransforms": 2,
        "BatchStrategy": "SINGLE_RECORD",
        "MaxPayloadInMB": 6,
    }
    connection.close()


def test_a_photograph_is_answered_with_its_faces_on_one_line(
    serving: Serving, astronaut: bytes
) -> None:
    status, text = serving.invoke(astronaut)
    assert status == 200
    assert "\n" not in text
    answer = json.loads(text)
    assert list(answer) == ["prediction"]
    ((label, score, xmin, ymin, xmax, ymax),) = answer["prediction"]
    assert text.startswith('{"prediction": [[0.0, ')
    assert label == 0.0
    assert 0.75 < score <= 1
    assert 0 <= xmin < xmax <= 1
    assert 0 <= ymin < ymax <= 1


def test_a_photograph_without_faces_is_answered_with_an_empty_list(
    serving: Serving,
) -> None:
    blank = encoded(Image.new("RGB", (64, 64), "white"), "PNG")
    assert serving.invoke(blank, "image/png") == (200, '{"prediction": []}')


@pytest.mark.parametrize("mode", ["L", "P", "CMYK"])
def test_photographs_need_not_be_in_colour_or_rgb(serving: Serving, mode: str) -> None:
    kind = "PNG" if mode == "P" else "JPEG"
    image = encoded(Image.new("RGB", (64, 64), "red").convert(mode), kind)
    assert serving.invoke(image, "application/x-image")[0] == 200


def test_a_photograph_that_is_cut_off_is_refused(
    serving: Serving, astronaut: bytes
) -> None:
    status, text = serving.invoke(astronaut[: len(astronaut) // 2])
    assert status == 400
    assert text.startswith("the photograph cannot be decoded: image file is truncated")


@pytest.mark.parametrize("body", [b"", b"not a photograph", b"GIF89a"])
def test_what_is_no_photograph_is_refused(serving: Serving, body: bytes) -> None:
    assert serving.invoke(body) == (
        400,
        f"the {len(body)} bytes received are neither a JPEG nor a PNG photograph",
    )


def test_a_photograph_of_too_many_pixels_is_refused(
    serving: Serving,
) -> None:
    huge = encoded(Image.new("1", (8_000, 8_000)), "PNG")
    assert serving.invoke(huge, "image/png") == (
        400,
        "the photograph is 8000 x 8000 pixels; "
        "at most 50000000 pixels are accepted, make it smaller",
    )


def test_text_that_unpacks_to_megabytes_is_refused(serving: Serving) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "a" * 10_000_000, zip=True)
    bomb = encoded(Image.new("L", (8, 8)), "PNG", pnginfo=text)
    status, reason = serving.invoke(bomb, "image/png")
    assert status == 400
    assert "too large" in reason


def test_another_content_type_is_refused(serving: Serving, astronaut: bytes) -> None:
    status, text = serving.invoke(astronaut, "text/csv")
    assert status == 415
    assert text.startswith("the content type is text/csv; send one of image/jpeg")


def test_another_address_is_not_found(serving: Serving) -> None:
    connection = serving.connect()
    for method in ("GET", "POST"):
        connection.request(method, "/elsewhere", b"")
        response = connection.getresponse()
        assert response.status == 404
        response.read()
    connection.close()


def test_one_connection_serves_many_requests_after_refusals_too(
    serving: Serving, astronaut: bytes
) -> None:
    connection = serving.connect()
    seen = []
    for body, content_type in [
        (b"not a photograph", "image/jpeg"),
        (astronaut, "text/csv"),
        (astronaut, "image/jpeg"),
    ]:
        connection.request("POST", "/invocations", body, {"Content-Type": content_type})
        socket = connection.sock
        response = connection.getresponse()
        response.read()
        seen.append((response.status, socket))
    assert [status for status, _ in seen] == [400, 415, 200]
    assert len({socket for _, socket in seen}) == 1
    connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(6 * 1024 * 1024 + 1)}, 413),
        ({"Content-Length": "many"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_without_bounds_is_refused_unread(
    serving: Serving, headers: dict[str, str], status: int
) -> None:
    connection = serving.connect()
    connection.putrequest("POST", "/invocations")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == status
    assert response.getheader("Connection") == "close"
    response.read()
    connection.close()


def test_photographs_at_the_same_time_get_their_own_answers(
    serving: Serving, photographs: Path
) -> None:
    files = sorted(photographs.glob("*.jpg"))
    one_by_one = [serving.invoke(file.read_bytes()) for file in files]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda f: serving.invoke(f.read_bytes()), files))
    assert together == one_by_one


def test_a_client_that_goes_away_is_one_line_in_the_log(
    model_folder: Path, tmp_path: Path, astronaut: bytes
) -> None:
    with running(model_folder, tmp_path) as serving:
        connection = serving.connect()
        connection.request(
            "POST", "/invocations", astronaut, {"Content-Type": "image/jpeg"}
        )
        # Closing with a linger time of 0 resets the connection.
        connection.sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        assert serving.process.stdout is not None
        lines = [serving.process.stdout.readline() for _ in range(2)]
        assert re.fullmatch(r"1 faces in \d+ ms\n", lines[0])
        assert lines[1] == "the client went away before its answer\n"
        assert serving.invoke(astronaut)[0] == 200


def test_a_stop_ends_the_process_at_once_though_a_request_is_open(
    model_folder: Path, tmp_path: Path
) -> None:
    with running(model_folder, tmp_path) as serving:
        connection = serving.connect()
        connection.putrequest("POST", "/invocations")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"the first bytes")
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(timeout=5) == 0
        connection.close()


def test_a_folder_without_the_model_ends_with_a_sentence(
    model_folder: Path, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [
            *(sys.executable, model_folder / "code"),
            *("--port", "0", "--model-dir", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        f"{tmp_path}/centerface.onnx is missing: "
        "--model-dir must hold the unpacked model"
    )
