"""SageMaker's errors, with the codes and the words that AWS uses."""


class ApiError(Exception):
    """A request that SageMaker refuses.

    Args:
        message: What the caller reads.
    """

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationError(ApiError):
    """The request breaks a rule, or names something that is not there."""

    code = "ValidationException"


class SerializationError(ApiError):
    """The request is not what the API's shapes say."""

    code = "SerializationException"


class AccessDeniedError(ApiError):
    """The caller may not do this."""

    code = "AccessDeniedException"


class ResourceInUseError(ApiError):
    """The name is taken."""

    code = "ResourceInUse"


class ResourceLimitExceededError(ApiError):
    """A quota of the account is used up."""

    code = "ResourceLimitExceeded"


class UnknownOperationError(ApiError):
    """SageMaker has the operation, or AWS does not; this service does not."""

    code = "UnknownOperationException"


def model_not_found(arn: str) -> ValidationError:
    """The answer to a model that does not exist."""
    return ValidationError(f'Could not find model "{arn}".')


def job_not_found(name: str) -> ValidationError:
    """The answer to a transform job that does not exist."""
    return ValidationError(f"Could not find requested job with name: {name}")
