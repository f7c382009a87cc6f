"""Give the fields of SageMaker requests back the types CloudFormation took away.

Every scalar of a custom resource's properties arrives as a string
(AWS: Custom resource request objects).
"""

from typing import Any

INTEGERS = frozenset(
    {
        "InstanceCount",
        "InvocationsMaxRetries",
        "InvocationsTimeoutInSeconds",
        "MaxConcurrentTransforms",
        "MaxPayloadInMB",
    }
)
BOOLEANS = frozenset({"EnableNetworkIsolation", "GenerateInferenceId"})
MAPS = frozenset({"Environment"})
"""Fields whose keys are a user's: nothing below them has a type but string."""


def typed(value: Any) -> Any:
    """A request as botocore expects it."""
    if isinstance(value, dict):
        return {key: _field(key, member) for key, member in value.items()}
    if isinstance(value, list):
        return [typed(member) for member in value]
    return value


def _field(key: str, value: Any) -> Any:
    if key in MAPS:
        return value
    if key in INTEGERS:
        return int(value)
    if key in BOOLEANS:
        return str(value).lower() == "true"
    return typed(value)
