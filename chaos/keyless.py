"""S3 for whom has no right to the environment's key."""

from typing import Any

from .errors import refused
from .storage import Storage


class Keyless:
    """Serves what carries S3's own key.

    Args:
        storage: All objects.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """Answer ListObjectsV2."""
        return self._storage.list_objects_v2(**request)

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        """Answer ListObjectVersions."""
        return self._storage.list_object_versions(**request)

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Answer GetObject."""
        place = (request["Bucket"], request["Key"])
        if self._storage.keys.get(place, "AES256") != "AES256":
            raise refused("AccessDenied", "No kms:Decrypt.", status=403)
        return self._storage.get_object(**request)

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Answer PutObject."""
        if request.get("ServerSideEncryption") != "AES256":
            raise refused("AccessDenied", "No kms:GenerateDataKey.", status=403)
        return self._storage.put_object(**request)
