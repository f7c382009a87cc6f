"""The endpoint's policy as one more limit on what comes through the endpoint.

A request must be allowed by the identity's and the resource's policies and by the
policy of the endpoint it came through, whoever signed it, the root included
(AWS: Control access to VPC endpoints using endpoint policies).
"""

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator, responses

from rehearsal.embedded import endpoint
from rehearsal.embedded.connection import current

_enforce = iam_evaluator.enforce


def apply() -> None:
    """Let MiniStack's enforcement ask the endpoint's policy too."""
    iam_evaluator.enforce = _enforce_with_endpoint


def _enforce_with_endpoint(
    access_key_id: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: dict[str, Any] | None = None,
) -> Any:
    verdict = _enforce(
        access_key_id, action, service, region, resource_arn, service_context
    )
    endpoint_id = current.get().endpoint_id
    if verdict is not None or service != "s3" or endpoint_id is None:
        return verdict
    record = endpoint.record(endpoint_id)
    principal = iam_evaluator.resolve_principal(
        access_key_id, responses.get_account_id()
    )
    context = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource_arn,
        region=region,
        service_context={k.lower(): v for k, v in (service_context or {}).items()},
        principal_keys=principal.keys,
    )
    decision = "ImplicitDeny" if record is None else _decide(record, context)
    if decision == "Allow":
        return None
    reason = (
        "with an explicit deny in a VPC endpoint policy"
        if decision == "Deny"
        else f"because no VPC endpoint policy allows the {action} action"
    )
    return iam_evaluator.AuthError(
        "AccessDenied",
        f"User: {principal.arn} is not authorized to perform: {action} on resource: "
        f'"{resource_arn}" {reason}',
    )


def _decide(record: Mapping[str, Any], context: Any) -> str:
    """What the endpoint's policy says; without one it allows everything."""
    policy = record.get("PolicyDocument")
    if not policy:
        return "Allow"
    verdict = iam_evaluator.evaluate_resource_policy(policy, context)
    return str(verdict.decision)
