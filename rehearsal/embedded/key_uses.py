"""A service uses a KMS key for its caller: key state, key policy and IAM decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator, responses, router
from ministack.services import kms

from rehearsal.embedded import identity

KEY_STATES = {
    "Disabled": ("DisabledException", "is disabled."),
    "PendingDeletion": ("KMSInvalidStateException", "is pending deletion."),
    "PendingImport": ("KMSInvalidStateException", "is pending import."),
}
"""By key state: the error of KMS, and its words."""


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """One use of a key that a request makes; without a key there is none.

    Attributes:
        service: Who uses it for the caller: `s3` or `sns`.
        action: Such as `Decrypt`.
        key_id: However the key is named: id, ARN or alias.
        context: The encryption context.
    """

    service: str
    action: str
    key_id: str
    context: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What KMS answers to the service: its error, such as `DisabledException`."""

    code: str
    message: str


def refusal(
    use: KeyUse, headers: Mapping[str, str], query: Mapping[str, Any]
) -> Refusal | None:
    """Why the caller who signed a request cannot use the key through the service.

    An AWS-managed key serves every caller of its account.
    """
    if not use.key_id or use.key_id.endswith(f"alias/aws/{use.service}"):
        return None
    record = kms._resolve_key(use.key_id)
    if record is None:
        return Refusal(
            code="NotFoundException", message=f"Invalid keyId '{use.key_id}'"
        )
    denied = _denied(use, record["Arn"], headers, query)
    if denied is not None:
        return Refusal(code="AccessDeniedException", message=denied)
    if record["KeyState"] in KEY_STATES:
        code, words = KEY_STATES[record["KeyState"]]
        return Refusal(code=code, message=f"{record['Arn']} {words}")
    return None


def _denied(
    use: KeyUse, key_arn: str, headers: Mapping[str, str], query: Mapping[str, Any]
) -> str | None:
    access_key = router.extract_access_key_id(headers, query)
    if not access_key:
        # The service has answered anonymous callers before; what comes here without
        # a key is MiniStack's own work.
        return None
    region = responses.get_region()
    verdict = iam_evaluator.enforce(
        access_key,
        f"kms:{use.action}",
        "kms",
        region,
        resource_arn=key_arn,
        service_context={
            "kms:ViaService": f"{use.service}.{region}.amazonaws.com",
            "kms:EncryptionContextKeys": list(use.context),
            **{
                f"kms:EncryptionContext:{name}": value
                for name, value in use.context.items()
            },
        },
    )
    if verdict is None:
        return None
    return identity.message(verdict, f"kms:{use.action}", key_arn)
