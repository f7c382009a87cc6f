"""What a rehearsal did, told to programs, to a terminal and to a browser."""

from .page import to_html
from .predictions import Prediction, read_predictions
from .terminal import to_terminal
from .values import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Photograph,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    to_json,
)

__all__ = [
    "AnswerRow",
    "ClaimRow",
    "NotificationRow",
    "Photograph",
    "Prediction",
    "Report",
    "RunRow",
    "StackRow",
    "TransformRow",
    "read_predictions",
    "to_html",
    "to_json",
    "to_terminal",
]
