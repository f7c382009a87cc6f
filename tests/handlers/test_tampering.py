"""What is said of somebody who changes what protects the data."""

from typing import Any

import pytest

from private_transform.handlers.tampering import told_of

WHO = "arn:aws:sts::123456789012:assumed-role/administrator/alice"
WHEN = "2030-01-31T03:30:00Z"


def event(name: str, request: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {
        "detail": {
            "eventSource": "s3.amazonaws.com",
            "eventName": name,
            "eventTime": WHEN,
            "eventID": "0-1-2",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.7",
            "userIdentity": {"type": "AssumedRole", "arn": WHO},
            "requestParameters": request,
            **more,
        }
    }


def sentence(told: dict[str, Any]) -> str:
    return str(told["Message"].splitlines()[0])


def test_a_message_says_who_did_what_to_what_and_when() -> None:
    request = {"bucketName": "the-inputs", "bucketPolicy": {"Statement": [{"Sid": ""}]}}
    told = told_of(event("PutBucketPolicy", request), environment="dev")
    assert sentence(told) == (
        f"{WHO} called PutBucketPolicy on the-inputs at {WHEN} from 192.0.2.7."
    )
    assert told["Subject"] == "PutBucketPolicy by hand in dev"
    assert "0-1-2" in told["Message"]


def test_the_break_glass_role_has_words_of_its_own() -> None:
    role = "arn:aws:iam::123456789012:role/break-glass"
    told = told_of(
        event("AssumeRole", {"roleArn": role}, eventSource="sts.amazonaws.com"),
        environment="dev",
    )
    assert told["Subject"] == "Break-glass role used in dev"
    assert f"called AssumeRole on {role} at" in sentence(told)


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (
            {
                "routeTableId": "rtb-1",
                "destinationCidrBlock": "0.0.0.0/0",
                "gatewayId": "igw-1",
            },
            "rtb-1, 0.0.0.0/0, igw-1",
        ),
        (
            {
                "DeleteFlowLogsRequest": {
                    "FlowLogId": [{"tag": 1, "content": "fl-1"}, {"content": "fl-2"}]
                }
            },
            "fl-1, fl-2",
        ),
        ({"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-1"}}, "vpce-1"),
    ],
)
def test_what_is_changed_is_found_however_deep(
    request_: dict[str, Any], named: str
) -> None:
    told = told_of(event("Change", request_), environment="dev")
    assert f"called Change on {named} at" in sentence(told)


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        ({"type": "AWSService", "invokedBy": "config.amazonaws.com"}, "config."),
        ({"type": "SAMLUser", "userName": "alice"}, "alice called"),
        ({"type": "AWSAccount", "principalId": "AIDA:bob"}, "AIDA:bob called"),
        ({"type": "Unknown"}, "Unknown called"),
        ({"accountId": "123456789012"}, "123456789012 called"),
        ({}, "Somebody called"),
        (None, "Somebody called"),
    ],
)
def test_who_has_no_arn_is_named_otherwise(
    identity: dict[str, Any] | None, who: str
) -> None:
    told = told_of(event("Change", {}, userIdentity=identity), environment="dev")
    assert sentence(told).startswith(who)


@pytest.mark.parametrize(
    ("resources", "named"),
    [([{"ARN": "arn:key"}, {"type": "x"}], "arn:key"), (None, "something")],
)
def test_a_call_without_parameters_is_named_by_what_it_touched(
    resources: Any, named: str
) -> None:
    told = told_of(event("DisableKey", None, resources=resources), environment="dev")
    assert f"called DisableKey on {named} at" in sentence(told)


def test_addresses_that_hear_of_failures_hear_of_it() -> None:
    attributes = told_of(event("Change", {}), environment="dev")["MessageAttributes"]
    # A subscription lets through what has a result other than success.
    assert attributes["result"]["StringValue"] not in ("", "succeeded")
