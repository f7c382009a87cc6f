"""A bucket behind its endpoint, deployed: who is served, who is refused and why."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT, EmbeddedAws

REGION = "us-east-1"
EXECUTION = "/private/dev/execution/"
OUTSIDE = {"StringNotEquals": {"aws:SourceVpce": {"Ref": "Endpoint"}}}
OBJECTS = {"Fn::Sub": "${Data.Arn}/*"}
KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"

RESOURCES: dict[str, Any] = {
    "Network": {
        "Type": "AWS::EC2::VPC",
        "Properties": {"CidrBlock": "10.20.0.0/24"},
    },
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.20.0.0/26"},
    },
    "Alone": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.20.0.64/26"},
    },
    "Routes": {
        "Type": "AWS::EC2::RouteTable",
        "Properties": {"VpcId": {"Ref": "Network"}},
    },
    "Association": {
        "Type": "AWS::EC2::SubnetRouteTableAssociation",
        "Properties": {
            "RouteTableId": {"Ref": "Routes"},
            "SubnetId": {"Ref": "Subnet"},
        },
    },
    "Endpoint": {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcId": {"Ref": "Network"},
            "ServiceName": f"com.amazonaws.{REGION}.s3",
            "VpcEndpointType": "Gateway",
            "RouteTableIds": [{"Ref": "Routes"}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
                        "Resource": [{"Fn::GetAtt": ["Data", "Arn"]}, OBJECTS],
                        "Condition": {
                            "StringEquals": {
                                "aws:PrincipalAccount": ACCOUNT,
                                "aws:ResourceAccount": ACCOUNT,
                            }
                        },
                    }
                ],
            },
        },
    },
    "Key": {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "EnableKeyRotation": True,
            "RotationPeriodInDays": 400,
            "PendingWindowInDays": 7,
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                        "Resource": "*",
                        "Condition": {
                            "StringEquals": {
                                "kms:CallerAccount": ACCOUNT,
                                "kms:ViaService": f"s3.{REGION}.amazonaws.com",
                            },
                            "ArnLike": {
                                "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role"
                                f"{EXECUTION}*"
                            },
                        },
                    }
                ],
            },
        },
    },
    "Data": {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                        },
                    }
                ]
            }
        },
    },
    "Lock": {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Data"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": OBJECTS,
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "NotAction": ["s3:GetBucketPolicy", "s3:ListBucket"],
                        "Resource": [{"Fn::GetAtt": ["Data", "Arn"]}, OBJECTS],
                        "Condition": OUTSIDE,
                    },
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:PutObject",
                        "Resource": OBJECTS,
                        "Condition": {
                            "Null": {KEY_HEADER: "false"},
                            "StringNotEquals": {
                                KEY_HEADER: {"Fn::GetAtt": ["Key", "Arn"]}
                            },
                        },
                    },
                ],
            },
        },
    },
    "Foreign": {"Type": "AWS::S3::Bucket"},
    "ForeignKey": {
        "Type": "AWS::KMS::Key",
        "Properties": {"KeyPolicy": {"Statement": []}},
    },
}


@pytest.fixture(scope="module")
def place(deploy: Callable[..., Any]) -> Any:
    stack = deploy(
        "place",
        RESOURCES,
        Data={"Ref": "Data"},
        Network={"Ref": "Network"},
        Foreign={"Ref": "Foreign"},
        Endpoint={"Ref": "Endpoint"},
        Key={"Fn::GetAtt": ["Key", "Arn"]},
        ForeignKey={"Fn::GetAtt": ["ForeignKey", "Arn"]},
    )
    assert stack.status == "CREATE_COMPLETE"
    return stack.outputs


@pytest.fixture(scope="module")
def role(new_role: Callable[..., str]) -> str:
    return new_role(
        {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"},
        path=EXECUTION,
    )


@pytest.fixture(scope="module")
def inside(client: Callable[..., Any], place: Any, role: str) -> Any:
    s3 = client("s3", role=role, through=place["Endpoint"])
    s3.put_object(Bucket=place["Data"], Key="photo", Body=b"pixels")
    return s3


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return f"{error.value.response['Error']['Code']}: {error.value}"


def test_an_object_is_served_through_the_endpoint(inside: Any, place: Any) -> None:
    answer = inside.get_object(Bucket=place["Data"], Key="photo")
    assert answer["Body"].read() == b"pixels"
    assert answer["SSEKMSKeyId"] == place["Key"]


def test_the_same_role_is_refused_outside(
    client: Callable[..., Any], inside: Any, place: Any, role: str
) -> None:
    outside = client("s3", role=role)
    message = refused(outside.get_object, Bucket=place["Data"], Key="photo")
    assert "explicit deny in a resource-based policy" in message
    listed = outside.list_objects_v2(Bucket=place["Data"])
    assert [each["Key"] for each in listed["Contents"]] == ["photo"]


def test_a_foreign_bucket_is_refused_through_the_endpoint(
    client: Callable[..., Any], inside: Any, place: Any, role: str
) -> None:
    client("s3", role=role).put_object(Bucket=place["Foreign"], Key="x", Body=b"x")
    message = refused(inside.put_object, Bucket=place["Foreign"], Key="x", Body=b"x")
    assert "no VPC endpoint policy allows the s3:PutObject action" in message


def test_the_endpoint_policy_limits_the_root_too(
    client: Callable[..., Any], place: Any
) -> None:
    root = client("s3", through=place["Endpoint"])
    message = refused(root.get_object, Bucket=place["Foreign"], Key="x")
    assert "no VPC endpoint policy allows" in message


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (None, None),
        ("Deny", "with an explicit deny in a VPC endpoint policy"),
        ("Allow", "no VPC endpoint policy allows the s3:GetObject action"),
    ],
)
def test_an_endpoint_made_by_the_api_has_the_policy_it_was_given_or_none(
    client: Callable[..., Any],
    inside: Any,
    place: Any,
    effect: str | None,
    words: str | None,
) -> None:
    """Without a policy an endpoint lets everything through."""
    client("s3").put_object(Bucket=place["Foreign"], Key="x", Body=b"x")
    refusing = {"Effect": "Deny", "Action": "s3:GetObject"}
    statement = {
        "Principal": "*",
        "Resource": "*",
        "Action": "s3:PutObject",
        **(refusing if effect == "Deny" else {"Effect": "Allow"}),
    }
    given = {"PolicyDocument": json.dumps({"Statement": [statement]})}
    ec2 = client("ec2")
    made = ec2.create_vpc_endpoint(
        VpcId=place["Network"],
        ServiceName=f"com.amazonaws.{REGION}.s3",
        **(given if effect else {}),
    )["VpcEndpoint"]["VpcEndpointId"]
    s3 = client("s3", through=made)
    try:
        if words is None:
            assert s3.get_object(Bucket=place["Foreign"], Key="x")["Body"].read()
        else:
            message = refused(s3.get_object, Bucket=place["Foreign"], Key="x")
            assert words in message
    finally:
        ec2.delete_vpc_endpoints(VpcEndpointIds=[made])


def test_another_key_is_refused(inside: Any, place: Any) -> None:
    message = refused(
        inside.put_object,
        Bucket=place["Data"],
        Key="x",
        Body=b"x",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=place["ForeignKey"],
    )
    assert "explicit deny in a resource-based policy" in message


def test_the_aws_managed_key_is_what_no_key_id_means(inside: Any, place: Any) -> None:
    """The key header is absent, so this lock lets it pass; S3 names the key."""
    answer = inside.put_object(
        Bucket=place["Data"], Key="managed", Body=b"x", ServerSideEncryption="aws:kms"
    )
    assert answer["SSEKMSKeyId"].endswith(":alias/aws/s3")


def test_plain_http_is_refused(
    aws: EmbeddedAws, client: Callable[..., Any], inside: Any, place: Any, role: str
) -> None:
    plain = client("s3", role=role, url=aws.plain_url)
    message = refused(plain.get_object, Bucket=place["Data"], Key="photo")
    assert "explicit deny in a resource-based policy" in message


def test_a_role_outside_the_key_policy_cannot_read(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    inside: Any,
    place: Any,
) -> None:
    other = new_role({"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"})
    s3 = client("s3", role=other, through=place["Endpoint"])
    message = refused(s3.get_object, Bucket=place["Data"], Key="photo")
    assert "AccessDenied" in message
    assert "kms:Decrypt" in message


def test_a_role_without_kms_permissions_cannot_write(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    place: Any,
) -> None:
    other = new_role(
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, path=EXECUTION
    )
    s3 = client("s3", role=other, through=place["Endpoint"])
    message = refused(s3.put_object, Bucket=place["Data"], Key="x", Body=b"x")
    assert "kms:GenerateDataKey" in message


def test_a_disabled_key_refuses_its_objects_until_it_is_enabled(
    client: Callable[..., Any], inside: Any, place: Any
) -> None:
    kms = client("kms")
    kms.disable_key(KeyId=place["Key"])
    try:
        message = refused(inside.get_object, Bucket=place["Data"], Key="photo")
        assert message.startswith("KMS.DisabledException")
    finally:
        kms.enable_key(KeyId=place["Key"])
    assert inside.get_object(Bucket=place["Data"], Key="photo")["Body"].read()


def test_the_key_cannot_be_used_but_through_s3(
    client: Callable[..., Any], place: Any, role: str
) -> None:
    kms = client("kms", role=role)
    message = refused(kms.generate_data_key, KeyId=place["Key"], KeySpec="AES_256")
    assert "kms:GenerateDataKey" in message


def test_other_services_are_not_behind_the_endpoint(
    client: Callable[..., Any], place: Any
) -> None:
    message = refused(client("kms", through=place["Endpoint"]).list_keys)
    assert "a gateway endpoint for S3 carries S3 only" in message


def test_an_unknown_endpoint_has_no_url(aws: EmbeddedAws) -> None:
    with pytest.raises(LookupError, match="no S3 gateway endpoint vpce-0"):
        aws.through("vpce-0")


def test_the_template_reads_back(client: Callable[..., Any], place: Any) -> None:
    (endpoint,) = client("ec2").describe_vpc_endpoints(
        VpcEndpointIds=[place["Endpoint"]]
    )["VpcEndpoints"]
    assert "aws:ResourceAccount" in endpoint["PolicyDocument"]
    rotation = client("kms").get_key_rotation_status(KeyId=place["Key"])
    assert rotation["RotationPeriodInDays"] == 400
