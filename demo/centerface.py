"""CenterFace: finds faces in a photograph with a small convolutional network.

Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as
Point" (2019). The network looks at the photograph once and answers on a grid whose
cells are `STRIDE` pixels wide: how likely a face is centred in each cell, how far
from the cell's corner that centre lies, and how large the face is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image, ImageOps

Floats = npt.NDArray[np.float32]

STRIDE = 4
"""Width and height of one grid cell, in pixels of the network's input."""

MULTIPLE = 32
"""The network halves its input five times, so both sides must divide by 2**5."""

LONGEST_SIDE = 640
"""Larger photographs are shrunk to this many pixels before they are looked at."""

THRESHOLD = 0.5
"""Cells below this score hold no face."""

OVERLAP = 0.3
"""Of two boxes whose intersection over union exceeds this, the better one stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face: its score from 0 to 1, and its corners.

    Corners are fractions of the photograph's width and height, from its top left.
    """

    score: float
    xmin: float
    ymin: float
    xmax: float
    ymax: float


class CenterFace:
    """The network, loaded and ready; safe to use from several threads at once."""

    def __init__(self, network: Path) -> None:
        options = onnxruntime.SessionOptions()
        # Idle threads that spin take the cores from the request that needs them:
        # with two requests at a time on two cores, each took twice as long.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        # The fourth output, five landmarks per face, is not needed for boxes.
        self._outputs = [output.name for output in self._session.get_outputs()[:3]]

    def detect(self, photograph: Image.Image) -> list[Face]:
        """Return the faces in a photograph, the surest first."""
        image = pixels(photograph)
        heatmap, size, offset = self._session.run(self._outputs, {self._input: image})
        boxes, scores = decode(heatmap[0, 0], size[0], offset[0])
        _, _, height, width = image.shape
        fractions = np.clip(boxes / (width, height, width, height), 0, 1)
        faces = []
        for index in without_overlaps(boxes, scores):
            xmin, ymin, xmax, ymax = fractions[index].tolist()
            score = float(scores[index])
            faces.append(Face(score=score, xmin=xmin, ymin=ymin, xmax=xmax, ymax=ymax))
        return faces


def pixels(photograph: Image.Image) -> Floats:
    """Return what the network reads: 1 x 3 x height x width, RGB from 0 to 255.

    The photograph is turned upright as its EXIF data says, and shrunk so that its
    longest side is at most `LONGEST_SIDE`; each side is then stretched up to the next
    multiple of 32, which fractions of width and height do not notice.
    """
    upright = ImageOps.exif_transpose(photograph).convert("RGB")
    shrink = min(1.0, LONGEST_SIDE / max(upright.size))
    width, height = (
        max(1, -(-round(side * shrink) // MULTIPLE)) * MULTIPLE for side in upright.size
    )
    resized = upright.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.float32).transpose(2, 0, 1)[np.newaxis]


def decode(heatmap: Floats, size: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Turn the network's grid into boxes.

    Args:
        heatmap: Score of a face centred in each cell, rows x columns.
        size: Natural logarithm of the face's height and width in cells,
            2 x rows x columns.
        offset: Where in the cell the centre lies, down and right of the cell's
            middle, in cells, 2 x rows x columns.

    Returns:
        Boxes as faces x (xmin, ymin, xmax, ymax) in pixels of the network's input,
        and their scores.
    """
    rows, columns = np.nonzero(heatmap > THRESHOLD)
    height, width = np.exp(size[:, rows, columns]) * STRIDE
    down, right = offset[:, rows, columns]
    y = (rows + down + 0.5) * STRIDE
    x = (columns + right + 0.5) * STRIDE
    boxes = np.stack(
        [x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1
    )
    return boxes.astype(np.float32), heatmap[rows, columns]


def without_overlaps(boxes: Floats, scores: Floats) -> list[int]:
    """Return the indices of the boxes to keep, best first.

    Neighbouring cells report the same face; of boxes that overlap, the one with the
    best score stays (greedy non-maximum suppression).
    """
    kept: list[int] = []
    left = np.argsort(-scores, kind="stable")
    while left.size:
        best, rest = left[0], left[1:]
        kept.append(int(best))
        left = rest[_overlap(boxes[best], boxes[rest]) <= OVERLAP]
    return kept


def _overlap(box: Floats, others: Floats) -> Floats:
    """Return the intersection over union of one box with each of the others."""
    corner = np.maximum(box[:2], others[:, :2])
    opposite = np.minimum(box[2:], others[:, 2:])
    shared = np.clip(opposite - corner, 0, None).prod(axis=1)
    area = (box[2:] - box[:2]).prod()
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    overlap: Floats = shared / (area + areas - shared)
    return overlap
