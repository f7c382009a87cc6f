"""Publishing to a topic with a key of ours needs the key, for the publisher."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

SNS = {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}
GENERATE, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"


def kms(*actions: str, **condition: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": condition},
    }


@pytest.fixture
def key(client: Callable[..., Any]) -> str:
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def topic(client: Callable[..., Any], key: str) -> str:
    """The ARN of a topic that is encrypted with the key."""
    created = client("sns").create_topic(
        Name=f"topic-{uuid4().hex[:8]}", Attributes={"KmsMasterKeyId": key}
    )
    return str(created["TopicArn"])


def refusal(sns: Any, topic: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        sns.publish(TopicArn=topic, Message="x")
    told = raised.value.response["Error"]
    return told["Code"], told["Message"]


def test_who_may_use_the_key_through_sns_for_the_topic_publishes(
    client: Callable[..., Any], new_role: Callable[..., str], topic: str
) -> None:
    through_sns = {
        "kms:ViaService": "sns.us-east-1.amazonaws.com",
        "kms:EncryptionContext:aws:sns:topicArn": topic,
    }
    sns = client("sns", role=new_role(SNS, kms(GENERATE, DECRYPT, **through_sns)))
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
    entries = [{"Id": "1", "Message": "x"}]
    batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [each["Id"] for each in batch["Successful"]] == ["1"]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([kms(DECRYPT)], GENERATE),
        ([kms(GENERATE)], DECRYPT),
        (
            [
                kms(
                    GENERATE,
                    DECRYPT,
                    **{"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                )
            ],
            GENERATE,
        ),
        (
            [kms(GENERATE, DECRYPT, **{"kms:EncryptionContext:aws:sns:topicArn": "x"})],
            GENERATE,
        ),
    ],
)
def test_without_a_use_of_the_key_nothing_is_published(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    key: str,
    topic: str,
    given: list[dict[str, Any]],
    missing: str,
) -> None:
    code, message = refusal(client("sns", role=new_role(SNS, *given)), topic)
    assert code == "KMSAccessDenied"
    assert f"is not authorized to perform: {missing} on resource: {key}" in message
    assert message.endswith(
        "(Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)"
    )


def test_a_batch_needs_the_key_too(
    client: Callable[..., Any], new_role: Callable[..., str], topic: str
) -> None:
    with pytest.raises(ClientError, match="KMSAccessDenied"):
        client("sns", role=new_role(SNS)).publish_batch(
            TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}]
        )


def test_a_disabled_key_takes_no_message(
    client: Callable[..., Any], key: str, topic: str
) -> None:
    client("kms").disable_key(KeyId=key)
    code, message = refusal(client("sns"), topic)
    assert code == "KMSDisabled"
    assert message.startswith(f"{key} is disabled.")


def test_a_key_on_its_way_out_takes_no_message(
    client: Callable[..., Any], key: str, topic: str
) -> None:
    client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert refusal(client("sns"), topic)[0] == "KMSInvalidState"


def test_a_key_that_does_not_exist_takes_no_message(
    client: Callable[..., Any], topic: str
) -> None:
    client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/none"
    )
    assert refusal(client("sns"), topic)[0] == "KMSNotFound"


@pytest.mark.parametrize("named", ["", "alias/aws/sns"])
def test_a_topic_without_a_key_of_ours_needs_none(
    client: Callable[..., Any], new_role: Callable[..., str], topic: str, named: str
) -> None:
    client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=named
    )
    sns = client("sns", role=new_role(SNS))
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
