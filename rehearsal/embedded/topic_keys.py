"""Publishing to an encrypted topic uses the topic's key for the publisher.

AWS: Managing Amazon SNS encryption keys and costs, configuring AWS KMS permissions;
Publish, errors.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.services import sns

from rehearsal.embedded import key_uses
from rehearsal.embedded.key_uses import KeyUse, Refusal

Response = tuple[int, dict[str, str], bytes]

CODES = {
    "AccessDeniedException": "KMSAccessDenied",
    "DisabledException": "KMSDisabled",
    "KMSInvalidStateException": "KMSInvalidState",
    "NotFoundException": "KMSNotFound",
}
"""What SNS answers, by the error of KMS."""

_handle = sns.handle_request


def apply() -> None:
    """Ask KMS before SNS takes a message."""
    sns.handle_request = _handle_with_key


async def _handle_with_key(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, Any],
) -> Response:
    request = {**query, **parse_qs(body.decode(errors="replace"))}
    if sns._p(request, "Action") in ("Publish", "PublishBatch"):
        topic_arn = sns._p(request, "TopicArn") or sns._p(request, "TargetArn")
        for use in _uses(topic_arn):
            refused = key_uses.refusal(use, headers, query)
            if refused is not None:
                return _error(refused)
    answer: Response = await _handle(method, path, headers, body, query)
    return answer


def _uses(topic_arn: str) -> list[KeyUse]:
    """What a message needs; nothing when there is no such topic, or it has no key."""
    topic = sns._topics.get(topic_arn)
    attributes = {} if topic is None else topic["attributes"]
    return [
        KeyUse(
            service="sns",
            action=action,
            key_id=attributes.get("KmsMasterKeyId", ""),
            context={"aws:sns:topicArn": topic_arn},
        )
        for action in ("GenerateDataKey", "Decrypt")
    ]


def _error(refused: Refusal) -> Response:
    answer: Response = sns._error(
        CODES[refused.code],
        f"{refused.message} (Service: AWSKMS; Status Code: 400; Error Code: "
        f"{refused.code})",
        400,
    )
    return answer
