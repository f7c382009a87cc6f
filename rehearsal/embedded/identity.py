"""Who calls, what they may do, and what a service does on its own behalf.

The hooks for services that run inside the embedded AWS. Account and region of
the current request come with the context of the request; a thread that a service
starts has neither and enters `scoped` first.
"""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import cloudwatch_logs, eventbridge, iam, sts

from rehearsal.embedded.scope import Scope

SESSION_SECONDS = 12 * 60 * 60

_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A caller whose credentials are known to the embedded AWS.

    `arn` is what AWS prints in messages (the session's for a role); the account's
    root may do everything, whatever the policies say.
    """

    arn: str
    account: str
    access_key_id: str


def scope() -> Scope:
    """Account and region of the request that is being answered."""
    return Scope(account=responses.get_account_id(), region=responses.get_region())


@contextlib.contextmanager
def scoped(where: Scope) -> Iterator[None]:
    """Act in an account and region outside a request, for example in a thread."""
    with responses.request_scope(where.account, where.region):
        yield


def caller(headers: Mapping[str, str]) -> Principal:
    """The principal that signed the request with these headers."""
    key = router.extract_access_key_id(headers, {})
    # A key of twelve digits is of an account, whose root it is.
    account = key if _ACCOUNT.fullmatch(key) else responses.get_account_id()
    known = iam_evaluator.resolve_principal(key, account)
    return Principal(arn=known.arn, account=known.account, access_key_id=key)


def callers_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    """The credentials that signed a request, as keyword arguments for boto3.

    For a service that calls another one for its caller (AWS: Forward access sessions).
    """
    key = router.extract_access_key_id(headers, {})
    known = iam_evaluator.resolve_credential(key)
    credentials = {
        "aws_access_key_id": known.access_key_id,
        "aws_secret_access_key": known.secret_access_key,
    }
    if known.session_token is not None:
        credentials["aws_session_token"] = known.session_token
    return credentials


def signing_role(headers: Mapping[str, str]) -> str | None:
    """ARN of the role, with its path, in whose session a request is signed, or None."""
    key = router.extract_access_key_id(headers, {})
    known = iam_evaluator.resolve_principal(key, responses.get_account_id())
    if isinstance(known, iam_evaluator.AuthError):
        return None
    return role_of_session(known.arn)


def role_of_session(arn: str) -> str | None:
    """ARN of a session's role, with its path; None when `arn` is no session's."""
    fields = arn.split(":", 5)
    if not fields[-1].startswith("assumed-role/"):
        return None
    role = iam._roles.get_scoped(fields[4], None, fields[5].split("/")[1])
    return None if role is None else str(role["Arn"])


def role_session(role_arn: str, session_name: str) -> Principal:
    """The principal that a service becomes when it assumes a role.

    Raises:
        LookupError: There is no such role.
    """
    credentials = role_credentials(role_arn, session_name)
    account, name = _account_and_name(role_arn)
    return Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        account=account,
        access_key_id=credentials["aws_access_key_id"],
    )


def role_credentials(role_arn: str, session_name: str) -> dict[str, str]:
    """Credentials of a role's session, as keyword arguments for boto3.

    For a service that a role trusts; whether it does is `trusts`' question. The
    same role and session name give the same credentials, renewed.

    Raises:
        LookupError: There is no such role.
    """
    role = _role(role_arn)
    account, name = _account_and_name(role_arn)
    digest = hashlib.sha256(f"{role_arn} {session_name}".encode()).hexdigest()
    access_key = "ASIA" + digest[:16].upper()
    sts.register_session(
        access_key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
            "UserId": f"{role['RoleId']}:{session_name}",
            "AccountId": account,
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": digest,
            "SessionToken": digest[::-1],
            "Expiration": time.time() + SESSION_SECONDS,
        },
    )
    return {
        "aws_access_key_id": access_key,
        "aws_secret_access_key": digest,
        "aws_session_token": digest[::-1],
    }


def trusts(
    role_arn: str, service: str, context: Mapping[str, str] | None = None
) -> bool:
    """Whether a role exists and lets a service principal assume it.

    Args:
        role_arn: The role, with its path.
        service: The service principal, such as `sagemaker.amazonaws.com`.
        context: Condition keys of the request, such as `aws:SourceAccount`.
    """
    try:
        role = _role(role_arn)
    except LookupError:
        return False
    verdict = iam_evaluator.evaluate_resource_policy(
        role["AssumeRolePolicyDocument"],
        iam_evaluator.EvalContext(
            principal_arn="",
            principal_type="Service",
            principal_account="",
            action="sts:AssumeRole",
            resource_arn="*",
            region=responses.get_region(),
            service_context={k.lower(): v for k, v in (context or {}).items()},
        ),
        service=service,
    )
    return bool(verdict.decision == "Allow")


def authorize(
    principal: Principal,
    action: str,
    resource_arn: str,
    context: Mapping[str, str | Sequence[str]] | None = None,
) -> str | None:
    """Why a principal may not do something, in AWS's words; None if it may.

    Identity policies, permissions boundary, session policies and the resource's own
    policy (bucket, key, topic, queue, function) count, as for a request.

    Args:
        principal: From `caller` or `role_session`.
        action: Such as `sagemaker:CreateModel`.
        resource_arn: The resource, or `*`.
        context: Condition keys of this request; a list makes a multi-valued key.
    """
    verdict = iam_evaluator.enforce(
        principal.access_key_id,
        action,
        action.partition(":")[0],
        responses.get_region(),
        resource_arn=resource_arn,
        service_context=dict(context or {}),
    )
    if verdict is None:
        return None
    return message(verdict, action, resource_arn)


def emit_event(
    source: str,
    detail_type: str,
    detail: Mapping[str, object],
    *,
    resources: Sequence[str],
) -> None:
    """Put a service's event on the account's default event bus."""
    eventbridge._put_events(
        {
            "Entries": [
                {
                    "Source": source,
                    "DetailType": detail_type,
                    "Detail": json.dumps(detail),
                    "Resources": list(resources),
                }
            ]
        },
        allow_aws_source=True,
    )


def log_group_exists(group: str) -> bool:
    """Whether the account has the log group in the region."""
    return group in cloudwatch_logs._log_groups


def write_log(group: str, stream: str, lines: Iterable[str]) -> None:
    """Append lines to a log stream; group and stream are made when they are missing."""
    if not log_group_exists(group):
        cloudwatch_logs._create_log_group({"logGroupName": group})
    if stream not in cloudwatch_logs._log_groups[group]["streams"]:
        cloudwatch_logs._create_log_stream(
            {"logGroupName": group, "logStreamName": stream}
        )
    now = int(time.time() * 1000)
    cloudwatch_logs._put_log_events(
        {
            "logGroupName": group,
            "logStreamName": stream,
            "logEvents": [{"timestamp": now, "message": line} for line in lines],
        }
    )


def _role(role_arn: str) -> Mapping[str, Any]:
    """MiniStack's record of a role.

    Raises:
        LookupError: There is no such role.
    """
    account, name = _account_and_name(role_arn)
    role: Mapping[str, Any] | None = iam._roles.get_scoped(account, None, name)
    if role is None or role["Arn"] != role_arn:
        raise LookupError(f"the role {role_arn} does not exist")
    return role


def _account_and_name(role_arn: str) -> tuple[str, str]:
    fields = role_arn.split(":", 5)
    if len(fields) < 6 or not fields[5].startswith("role/"):
        raise LookupError(f"{role_arn!r} is not the ARN of a role")
    return fields[4], fields[5].rsplit("/", 1)[-1]


def message(verdict: object, action: str, resource_arn: str) -> str:
    """The sentence that AWS prints for a verdict of MiniStack's evaluator."""
    if isinstance(verdict, iam_evaluator.AuthError):
        return str(verdict.message)
    explicit = getattr(verdict, "decision", "") == "Deny"
    principal = getattr(verdict, "principal_arn", "")
    if explicit and getattr(verdict, "resource_policy_arn", ""):
        service = action.partition(":")[0]
        return str(
            iam_actions._resource_policy_denial(
                service, action, principal, resource_arn
            )
        )
    return str(
        iam_actions.identity_denial_message(action, principal, resource_arn, explicit)
    )
