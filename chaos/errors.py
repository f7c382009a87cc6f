"""AWS's errors, as botocore raises them."""

from botocore.exceptions import ClientError


def refused(code: str, message: str, *, status: int = 400) -> ClientError:
    """The error of a call that AWS answered with `code`."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Operation",
    )
