"""What a workgroup says about the queries in it.

AWS: Override client-side settings; WorkGroupConfiguration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.athena.cloud import Output
from rehearsal.athena.errors import RequestError

PRIMARY = "primary"
"""The workgroup of requests that name none; it alone enforces nothing by default."""


@dataclass(frozen=True, slots=True)
class Workgroup:
    """A workgroup, by MiniStack's record of it."""

    record: Mapping[str, Any]

    @property
    def limit_bytes(self) -> int | None:
        """How many bytes a query may scan, None for no limit."""
        limit = self._settings.get("BytesScannedCutoffPerQuery")
        return None if limit is None else int(limit)

    def require_enabled(self) -> None:
        """Refuse queries of a disabled workgroup.

        Raises:
            RequestError: It is disabled.
        """
        if self.record["State"] != "ENABLED":
            raise RequestError(f"WorkGroup {self.record['Name']} is disabled.")

    def output(self, asked: Mapping[str, Any], query_id: str) -> Output:
        """Where a query's results go.

        Args:
            asked: The ResultConfiguration of the request.
            query_id: The query's id.

        Raises:
            RequestError: Nobody says where, or how in a way that is not rehearsed.
        """
        own = self._settings.get("ResultConfiguration", {})
        kept = own if self._enforces else {**own, **asked}
        location = kept.get("OutputLocation")
        if not location:
            raise RequestError(
                "No output location provided. An output location is required either "
                "through the Workgroup result configuration setting or as an API input."
            )
        owner = kept.get("ExpectedBucketOwner")
        return Output(
            location=f"{location.rstrip('/')}/{query_id}.csv",
            settings=_encryption(kept.get("EncryptionConfiguration")),
            owner={} if owner is None else {"ExpectedBucketOwner": owner},
        )

    @property
    def _settings(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = self.record.get("Configuration") or {}
        return settings

    @property
    def _enforces(self) -> bool:
        by_default = self.record["Name"] != PRIMARY
        return bool(self._settings.get("EnforceWorkGroupConfiguration", by_default))


def _encryption(wanted: Mapping[str, str] | None) -> Mapping[str, str]:
    if wanted is None:
        return {}
    match wanted["EncryptionOption"]:
        case "SSE_KMS":
            return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": wanted["KmsKey"]}
        case "SSE_S3":
            return {"ServerSideEncryption": "AES256"}
        case other:
            raise RequestError(f"the rehearsal does not encrypt results by {other}")
