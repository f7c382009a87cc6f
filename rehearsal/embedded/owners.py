"""A request that names a bucket's owner is refused for a bucket of another's.

AWS: Verifying bucket ownership with bucket owner condition.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import s3

OWNER_HEADER = "x-amz-expected-bucket-owner"

Response = tuple[int, dict[str, str], bytes]
Dispatch = Callable[..., Response]


def apply() -> None:
    """Compare owners first; after `encryption`, which sees a request before S3."""
    s3._dispatch = _with_owner(s3._dispatch)


def _with_owner(dispatch: Dispatch) -> Dispatch:
    def dispatch_for_owner(
        method: str, bucket: str, key: str, headers: Mapping[str, str], *more: Any
    ) -> Response:
        expected = headers.get(OWNER_HEADER)
        owner = s3._bucket_owner_account(bucket)
        if expected is not None and owner is not None and expected != owner:
            refused: Response = s3._error("AccessDenied", "Access Denied", 403)
            return refused
        return dispatch(method, bucket, key, headers, *more)

    return dispatch_for_owner
