"""Map Runs read their items and begin their children with the machine's role.

AWS: IAM policies for using Distributed Map states; ItemReader (Map). A child is an
execution of its own, which its states see as such. Of their ends no event is told, and
who stops the parent does not stop them: AWS documents neither in a way to rely on.
"""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from ministack.services import stepfunctions

from rehearsal.embedded import endpoint, identity
from rehearsal.embedded.machines import acting_role

_run_map = stepfunctions._run_distributed_map
_run_states = stepfunctions._run_sub_machine


def apply() -> None:
    """Ask for the role's rights, and tell children who they are."""
    stepfunctions._run_distributed_map = _run_map_with_role
    stepfunctions._s3_object_text = _read_with_role
    stepfunctions._run_sub_machine = _run_as_itself


def _run_map_with_role(*arguments: Any) -> Any:
    where = identity.scope()
    role, machine = acting_role()
    arn = f"arn:aws:states:{where.region}:{where.account}:stateMachine:{machine}"
    denied = identity.authorize(
        identity.role_session(role, machine), "states:StartExecution", arn
    )
    if denied is not None:
        raise stepfunctions._ExecutionError("States.Runtime", denied)
    return _run_map(*arguments)


def _read_with_role(bucket: str, key: str) -> str:
    """The object as S3 gives it to the role: policies and key decide."""
    role, machine = acting_role()
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint.outside(),
        region_name=identity.scope().region,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        **identity.role_credentials(role, machine),
    )
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise stepfunctions._ExecutionError(
            "States.ItemReaderFailed", str(error)
        ) from error
    return content.decode()


def _run_as_itself(
    states: Mapping[str, Any],
    start: str,
    content: Any,
    execution: Mapping[str, Any],
    context: Mapping[str, Any],
) -> Any:
    if "mapRunArn" in execution:
        itself = {
            "Id": execution["executionArn"],
            "Name": execution["name"],
            "StartTime": execution["startDate"],
            "Input": content,
        }
        context = {**context, "Execution": {**context["Execution"], **itself}}
    return _run_states(states, start, content, execution, context)
