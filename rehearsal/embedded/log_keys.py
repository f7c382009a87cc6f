"""CloudWatch Logs takes only a key whose policy lets its service principal use it.

AWS: Encrypt log data in CloudWatch Logs using AWS Key Management Service.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudwatch_logs, kms
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Response = tuple[int, dict[str, str], bytes]

NEEDED = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
REFUSED = "InvalidParameterException"

_handlers = provisioners._RESOURCE_HANDLERS
_create = cloudwatch_logs._create_log_group
_handle = cloudwatch_logs.handle_request


def apply() -> None:
    """Check keys where a group gets one: by a template, at creation, later."""
    cloudwatch_logs._create_log_group = _create_checked
    cloudwatch_logs.handle_request = _handle_request
    handler = _handlers["AWS::Logs::LogGroup"]
    create, update = handler["create"], handler["update"]

    def create_checked(logical_id: str, properties: Properties, stack: str) -> Any:
        created = create(logical_id, properties, stack)
        try:
            _require(properties.get("KmsKeyId"), created[0])
        except ValueError:
            cloudwatch_logs._delete_log_group({"logGroupName": created[0]})
            raise
        return created

    def update_checked(
        physical_id: str, old: Properties, new: Properties, *names: str
    ) -> Any:
        _require(new.get("KmsKeyId"), physical_id)
        return update(physical_id, old, new, *names)

    _handlers["AWS::Logs::LogGroup"] = {
        **handler,
        "create": create_checked,
        "update": update_checked,
    }


def _require(key_arn: str | None, group: str) -> None:
    """Raise `ValueError` in AWS's words when the key cannot be used for a group."""
    if key_arn and not _may_use(key_arn, _arn(group)):
        raise ValueError(
            "The specified KMS key does not exist or is not allowed to be used with "
            f"Arn '{_arn(group)}'"
        )


def _may_use(key_arn: str, group_arn: str) -> bool:
    key = kms._resolve_key(key_arn)
    if key is None or key["KeyState"] != "Enabled":
        return False
    region, account = responses.get_region(), responses.get_account_id()
    return all(
        iam_evaluator.evaluate_resource_policy(
            key["Policy"],
            iam_evaluator.EvalContext(
                principal_arn="",
                principal_type="Service",
                principal_account="",
                action=action,
                resource_arn=key["Arn"],
                region=region,
                service_context={
                    "kms:encryptioncontext:aws:logs:arn": group_arn,
                    "aws:sourceaccount": account,
                    "aws:sourcearn": group_arn,
                },
            ),
            service=f"logs.{region}.amazonaws.com",
        ).decision
        == "Allow"
        for action in NEEDED
    )


def _arn(group: str) -> str:
    return (
        f"arn:aws:logs:{responses.get_region()}:{responses.get_account_id()}"
        f":log-group:{group}"
    )


def _create_checked(request: dict[str, Any]) -> Response:
    refused = _refusal(request.get("kmsKeyId"), request.get("logGroupName", ""))
    answer: Response = refused or _create(request)
    return answer


def _refusal(key_arn: str | None, group: str) -> Response | None:
    try:
        _require(key_arn, group)
    except ValueError as error:
        return _error(REFUSED, str(error))
    return None


async def _handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
) -> Response:
    """Answer the two calls that MiniStack lacks: AssociateKmsKey and its opposite."""
    action = headers.get("x-amz-target", "").partition(".")[2]
    if action in ("AssociateKmsKey", "DisassociateKmsKey"):
        return _change_key(json.loads(body))
    answer: Response = await _handle(method, path, headers, body, query)
    return answer


def _change_key(request: Mapping[str, str]) -> Response:
    name = request.get("logGroupName", "")
    if name not in cloudwatch_logs._log_groups:
        return _error(
            "ResourceNotFoundException",
            f"The specified log group does not exist: {name}",
        )
    refused = _refusal(request.get("kmsKeyId"), name)
    if refused is not None:
        return refused
    cloudwatch_logs._log_groups[name]["kmsKeyId"] = request.get("kmsKeyId")
    done: Response = responses.json_response({})
    return done


def _error(code: str, message: str) -> Response:
    answer: Response = responses.error_response_json(code, message, 400)
    return answer
