"""S3, as far as the launcher uses it: versions, conditional writes, lists in pages."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

from .agenda import START
from .errors import refused

PAGE = 2
"""Entries to a page of a list, so that callers must turn pages."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an object.

    Args:
        id: Unique among all versions of all objects.
        content: Its bytes.
        modified: When it was written.
    """

    id: str
    content: bytes
    modified: datetime

    def described(self) -> dict[str, Any]:
        """As lists show it."""
        return {
            "LastModified": self.modified,
            "ETag": _etag(self.content),
            "Size": len(self.content),
        }


class Storage:
    """Objects of all buckets. There is no way to delete one.

    Args:
        now: The clock.

    Attributes:
        objects: Newest contents by bucket and key.
        versions: All versions by bucket and key, oldest first.
        written: How often each was written.
        keys: What each is encrypted with, where its writer said so; else it is the
            environment's key.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: START) -> None:
        self.objects: dict[Place, bytes] = {}
        self.versions: dict[Place, list[Version]] = {}
        self.written: dict[Place, int] = {}
        self.keys: dict[Place, str | None] = {}
        self._now = now
        self._numbers = count(1)

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """Answer ListObjectsV2."""
        after = request.get("ContinuationToken", "")
        found = [place for place in self._below(request) if place[1] > after]
        page = found[: min(request.get("MaxKeys", PAGE), PAGE)]
        answer: dict[str, Any] = {
            "KeyCount": len(page),
            "IsTruncated": len(page) < len(found),
        }
        if page:
            answer["Contents"] = [
                {"Key": place[1], **self.versions[place][-1].described()}
                for place in page
            ]
        if answer["IsTruncated"]:
            answer["NextContinuationToken"] = page[-1][1]
        return answer

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        """Answer ListObjectVersions: the newest version of each object first."""
        found = [
            {
                "Key": place[1],
                "VersionId": version.id,
                "IsLatest": version is self.versions[place][-1],
                **version.described(),
            }
            for place in self._below(request)
            for version in reversed(self.versions[place])
        ]
        marker = (request.get("KeyMarker"), request.get("VersionIdMarker"))
        marks = [(entry["Key"], entry["VersionId"]) for entry in found]
        first = marks.index(marker) + 1 if marker in marks else 0
        page = found[first : first + PAGE]
        answer: dict[str, Any] = {"IsTruncated": first + PAGE < len(found)}
        if page:
            answer["Versions"] = page
        if answer["IsTruncated"]:
            answer["NextKeyMarker"] = page[-1]["Key"]
            answer["NextVersionIdMarker"] = page[-1]["VersionId"]
        return answer

    def head_object(self, **request: Any) -> dict[str, Any]:
        """Answer HeadObject."""
        if (request["Bucket"], request["Key"]) not in self.objects:
            raise refused("404", "Not Found", status=404)
        return {}

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Answer GetObject."""
        place = request["Bucket"], request["Key"]
        found = self.versions.get(place, [])
        if "VersionId" in request:
            found = [each for each in found if each.id == request["VersionId"]]
        if place not in self.objects or not found:
            raise refused("NoSuchKey", "The key does not exist.", status=404)
        newest = found[-1]
        return {
            "Body": BytesIO(newest.content),
            "ContentLength": len(newest.content),
            "ETag": _etag(newest.content),
            "LastModified": newest.modified,
        }

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
        self.keys[place] = request.get("ServerSideEncryption")
        version = Version(
            id=f"version-{next(self._numbers)}",
            content=request["Body"],
            modified=self._now(),
        )
        self.versions.setdefault(place, []).append(version)
        return {"ETag": _etag(version.content), "VersionId": version.id}

    def _below(self, request: dict[str, Any]) -> list[Place]:
        bucket, prefix = request["Bucket"], request["Prefix"]
        return sorted(
            place
            for place in self.objects
            if place[0] == bucket and place[1].startswith(prefix)
        )


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
