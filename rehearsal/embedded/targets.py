"""EventBridge starts an execution with the role that a rule's target names.

AWS: Amazon EventBridge and AWS IAM, roles for targets; Cross-service confused deputy
prevention in Amazon EventBridge.
"""

import logging
from collections.abc import Mapping
from typing import Any

from ministack.services import eventbridge

from rehearsal.embedded import identity

logger = logging.getLogger(__name__)

_invoke = eventbridge._invoke_target


def apply() -> None:
    """Ask IAM before a rule reaches a state machine."""
    eventbridge._invoke_target = _invoke_with_role


def _invoke_with_role(
    target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], *more: Any
) -> None:
    refused = _refusal(target, rule)
    if refused is None:
        _invoke(target, event, rule, *more)
    else:
        # AWS tries again for a day and then drops it (AWS: Event retry policy).
        logger.warning("%s did not reach its target: %s", rule.get("Arn"), refused)


def _refusal(target: Mapping[str, Any], rule: Mapping[str, Any]) -> str | None:
    arn = str(target.get("Arn"))
    if ":states:" not in arn:
        return None
    role = str(target.get("RoleArn"))
    context = {
        "aws:SourceAccount": identity.scope().account,
        "aws:SourceArn": str(rule.get("Arn")),
    }
    if not identity.trusts(role, "events.amazonaws.com", context):
        return f"events.amazonaws.com may not assume {role}"
    session = identity.role_session(role, "AWS_Events_Invoke_Targets")
    return identity.authorize(session, "states:StartExecution", arn)
