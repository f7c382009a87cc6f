import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo.centerface import CenterFace, decode, pixels, without_overlaps

Photograph = Callable[[str], Image.Image]


@pytest.fixture(scope="module")
def detector(model_folder: Path) -> CenterFace:
    return CenterFace(model_folder / "centerface.onnx")


@pytest.mark.parametrize(
    ("name", "where"),
    [
        # As read off the photographs by eye: the corners of the face, from hairline to
        # chin and from ear to ear.
        ("astronaut", (0.36, 0.12, 0.53, 0.34)),
        ("camera", (0.40, 0.22, 0.50, 0.38)),
    ],
)
def test_the_face_is_found_where_it_is(
    detector: CenterFace,
    photograph: Photograph,
    name: str,
    where: tuple[float, float, float, float],
) -> None:
    (face,) = detector.detect(photograph(name))
    assert face.score > 0.75
    assert (face.xmin, face.ymin, face.xmax, face.ymax) == pytest.approx(
        where, abs=0.03
    )


@pytest.mark.parametrize("name", ["chelsea", "china", "coffee", "flower", "rocket"])
def test_no_face_is_found_where_there_is_none(
    detector: CenterFace, photograph: Photograph, name: str
) -> None:
    assert detector.detect(photograph(name)) == []


def test_several_faces_are_found_the_surest_first(
    detector: CenterFace, photograph: Photograph
) -> None:
    both = Image.new("RGB", (1024, 512))
    both.paste(photograph("camera"), (0, 0))
    both.paste(photograph("astronaut"), (512, 0))
    astronaut, camera = detector.detect(both)
    assert astronaut.xmin > 0.5 > camera.xmax
    assert astronaut.score > camera.score


def test_a_photograph_taken_sideways_is_turned_upright_first(
    detector: CenterFace, photograph: Photograph
) -> None:
    upright = photograph("astronaut")
    (expected,) = detector.detect(upright)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: the camera was held a quarter turn to the left
    sideways = io.BytesIO()
    rotated = upright.transpose(Image.Transpose.ROTATE_90)
    rotated.save(sideways, "JPEG", exif=exif, quality=95)
    (face,) = detector.detect(Image.open(sideways))
    assert (face.xmin, face.ymin) == pytest.approx(
        (expected.xmin, expected.ymin), abs=0.02
    )


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((1, 1), (32, 32)),
        ((640, 427), (640, 448)),
        ((64, 32), (64, 32)),
        ((4000, 2000), (640, 320)),
        ((10, 5000), (32, 640)),
    ],
)
def test_the_network_sees_at_most_640_pixels_in_multiples_of_32(
    size: tuple[int, int], seen: tuple[int, int]
) -> None:
    width, height = seen
    assert pixels(Image.new("L", size)).shape == (1, 3, height, width)


def test_the_network_sees_red_before_green_and_blue() -> None:
    image = pixels(Image.new("RGB", (32, 32), (255, 128, 0)))
    assert image.dtype == np.float32
    assert image[0, :, 0, 0].tolist() == [255, 128, 0]


def test_a_cell_is_decoded_into_the_box_around_its_centre() -> None:
    heatmap = np.zeros((8, 8), np.float32)
    size = np.zeros((2, 8, 8), np.float32)
    offset = np.zeros((2, 8, 8), np.float32)
    heatmap[3, 5] = 0.9
    size[:, 3, 5] = math.log(4), math.log(2)  # 16 pixels high, 8 wide
    offset[:, 3, 5] = 0.25, -0.25
    boxes, scores = decode(heatmap, size, offset)
    assert scores == pytest.approx([0.9])
    # Centre: x = (5 - 0.25 + 0.5) * 4 = 21, y = (3 + 0.25 + 0.5) * 4 = 15.
    assert boxes.tolist() == [pytest.approx([17, 7, 25, 23])]


def test_of_boxes_that_overlap_the_surest_stays() -> None:
    boxes = np.array(
        [[0, 0, 10, 10], [1, 0, 11, 10], [8, 0, 18, 10], [50, 50, 60, 60]], np.float32
    )
    scores = np.array([0.7, 0.9, 0.6, 0.8], np.float32)
    # The third shares 3 of 17 columns with the second: both are kept.
    assert without_overlaps(boxes, scores) == [1, 3, 2]


def test_nothing_found_is_nothing_to_keep() -> None:
    assert without_overlaps(np.empty((0, 4), np.float32), np.empty(0, np.float32)) == []
