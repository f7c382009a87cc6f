"""How requests are refused and queries end early."""


class RequestError(Exception):
    """Athena answers a request with InvalidRequestException; the text is its message.

    Args:
        code: The AthenaErrorCode, which tells the reason to programs.
    """

    def __init__(self, message: str, code: str = "INVALID_INPUT") -> None:
        super().__init__(message)
        self.code = code


class QueryFailed(Exception):  # noqa: N818 # It is a state of AWS's.
    """A query ends FAILED; the text is the reason for the change of state."""


class QueryCancelled(Exception):  # noqa: N818 # It is a state of AWS's.
    """A query ends CANCELLED; the text is the reason for the change of state."""
