"""S3, as far as the launcher uses it: conditional writes and lists of names."""

import hashlib
from io import BytesIO
from typing import Any

from .errors import refused


class Storage:
    """Objects of all buckets. There is no way to delete one.

    Attributes:
        objects: Contents by bucket and key.
        written: How often each was written.
    """

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.written: dict[tuple[str, str], int] = {}

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """Answer ListObjectsV2."""
        bucket, prefix = request["Bucket"], request["Prefix"]
        keys = sorted(
            key
            for place, key in self.objects
            if place == bucket and key.startswith(prefix)
        )
        return {"Contents": [{"Key": key} for key in keys[: request["MaxKeys"]]]}

    def head_object(self, **request: Any) -> dict[str, Any]:
        """Answer HeadObject."""
        if (request["Bucket"], request["Key"]) not in self.objects:
            raise refused("404", "Not Found", status=404)
        return {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Answer GetObject."""
        content = self.objects.get((request["Bucket"], request["Key"]))
        if content is None:
            raise refused("NoSuchKey", "The key does not exist.", status=404)
        return {"Body": BytesIO(content), "ETag": _etag(content)}

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Answer PutObject, with its conditions."""
        place = (request["Bucket"], request["Key"])
        present = self.objects.get(place)
        if request.get("IfNoneMatch") == "*" and present is not None:
            raise refused("PreconditionFailed", "It exists.", status=412)
        if "IfMatch" in request and (
            present is None or _etag(present) != request["IfMatch"]
        ):
            raise refused("PreconditionFailed", "It has changed.", status=412)
        self.objects[place] = request["Body"]
        self.written[place] = self.written.get(place, 0) + 1
        return {"ETag": _etag(request["Body"])}


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
