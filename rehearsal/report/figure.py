"""A photograph with what the model saw in it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from .markup import tag
from .predictions import Prediction
from .values import Photograph


def figure(photograph: Photograph) -> Element:
    """Return the photograph with every prediction drawn over it, and a caption."""
    data = base64.b64encode(photograph.jpeg).decode("ascii")
    found = [f"{seen.label} {seen.score:.2f}" for seen in photograph.predictions]
    what = ", ".join(found) or "nothing found"
    width, height = str(photograph.width), str(photograph.height)
    image = tag(
        "img",
        src=f"data:image/jpeg;base64,{data}",
        width=width,
        height=height,
        alt=f"Photograph {photograph.name}; the model's answer: {what}",
    )
    drawing = tag(
        "svg",
        *(
            shape
            for prediction in photograph.predictions
            for shape in _box(prediction, photograph)
        ),
        viewBox=f"0 0 {width} {height}",
        aria_hidden="true",
    )
    return tag(
        "figure",
        tag("div", image, drawing, class_="frame"),
        tag(
            "figcaption",
            tag("span", photograph.name, class_="name"),
            tag("span", what, class_="found" if found else "quiet"),
        ),
    )


def _box(prediction: Prediction, photograph: Photograph) -> Iterable[Element]:
    """Draw one prediction: its box, and above it, or in it, its label and score."""
    left, top = prediction.xmin * photograph.width, prediction.ymin * photograph.height
    place = {
        "x": f"{left:.1f}",
        "y": f"{top:.1f}",
        "width": f"{prediction.xmax * photograph.width - left:.1f}",
        "height": f"{prediction.ymax * photograph.height - top:.1f}",
    }
    yield tag("rect", class_="edge", **place)
    yield tag("rect", class_="box", **place)

    words = f"{prediction.label} {prediction.score:.2f}"
    size = 0.055 * max(photograph.width, photograph.height)
    plate_height, plate_width = 1.4 * size, (0.6 * len(words) + 0.6) * size
    plate_top = top - plate_height if top > plate_height else top
    plate_left = max(0.0, min(left, photograph.width - plate_width))
    yield tag(
        "rect",
        class_="plate",
        x=f"{plate_left:.1f}",
        y=f"{plate_top:.1f}",
        width=f"{plate_width:.1f}",
        height=f"{plate_height:.1f}",
    )
    yield tag(
        "text",
        words,
        x=f"{plate_left + 0.3 * size:.1f}",
        y=f"{plate_top + size:.1f}",
        font_size=f"{size:.1f}",
        textLength=f"{plate_width - 0.6 * size:.1f}",
        lengthAdjust="spacingAndGlyphs",
    )
