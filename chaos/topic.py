"""SNS: one topic that remembers what was published."""

from typing import Any


class Topic:
    """Attributes: `published`, the requests in their order."""

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []

    def publish(self, **request: Any) -> dict[str, Any]:
        """Answer Publish."""
        self.published.append(request)
        return {"MessageId": str(len(self.published))}
