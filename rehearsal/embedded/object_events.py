"""Events of objects say which version they are about.

AWS: Amazon S3 event message structure for EventBridge, "version-id".
"""

import json
from contextvars import ContextVar
from typing import Any

from ministack.services import eventbridge, s3

_fire, _dispatch = s3._fire_s3_event, eventbridge._dispatch_event

_version: ContextVar[str | None] = ContextVar("version", default=None)
"""Of the object whose event is sent."""


def apply() -> None:
    """Name the version; MiniStack does so in notifications of S3's own only."""
    s3._fire_s3_event = _fire_of_version
    eventbridge._dispatch_event = _dispatch_with_version


def _fire_of_version(
    *where: Any, version_id: str | None = None, **settings: Any
) -> None:
    token = _version.set(version_id)
    try:
        _fire(*where, version_id=version_id, **settings)
    finally:
        _version.reset(token)


def _dispatch_with_version(event: dict[str, Any], *more: Any) -> None:
    version = _version.get()
    if version is not None and event.get("Source") == "aws.s3":
        detail = json.loads(event["Detail"])
        detail["object"]["version-id"] = version
        event = {**event, "Detail": json.dumps(detail)}
    _dispatch(event, *more)
