"""Amazon Resource Names of what SageMaker and its callers touch."""

from rehearsal.embedded.scope import Scope


def model(scope: Scope, name: str) -> str:
    """A model's ARN; SageMaker writes the name in lower case there."""
    return f"arn:aws:sagemaker:{scope.region}:{scope.account}:model/{name.lower()}"


def transform_job(scope: Scope, name: str) -> str:
    """A transform job's ARN; SageMaker writes the name in lower case there."""
    return (
        f"arn:aws:sagemaker:{scope.region}:{scope.account}:transform-job/{name.lower()}"
    )


def key(scope: Scope, key_id: str) -> str:
    """The ARN of a KMS key that a request names by ARN, by id or by alias."""
    if key_id.startswith("arn:"):
        return key_id
    resource = key_id if key_id.startswith("alias/") else f"key/{key_id}"
    return f"arn:aws:kms:{scope.region}:{scope.account}:{resource}"


def ec2(scope: Scope, resource: str) -> str:
    """The ARN of a network resource, such as `subnet/subnet-1`."""
    return f"arn:aws:ec2:{scope.region}:{scope.account}:{resource}"
