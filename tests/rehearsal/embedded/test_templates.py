"""Resource types and properties that the embedded AWS adds to MiniStack's."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT

REGION = "us-east-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
NETWORK = {
    "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}},
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"VpcId": {"Ref": "Network"}, "GroupDescription": "x"},
    },
}


def logs_may_use(group: str) -> dict[str, Any]:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    return {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
                "Action": [
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey*",
                    "kms:ReEncrypt*",
                ],
                "Resource": "*",
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
            }
        ]
    }


@pytest.fixture
def name() -> str:
    return f"stack-{uuid4().hex[:8]}"


@pytest.fixture
def stack(deploy: Callable[..., Any], name: str) -> Callable[..., Any]:
    def run(resources: dict[str, Any], **outputs: Any) -> Any:
        return deploy(name, resources, **outputs)

    return run


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Data": {"Type": "AWS::S3::Bucket", "Properties": properties}}


def test_a_buckets_properties_read_back_and_change(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    lifecycle = {
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    encryption = {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": "alias/mine",
        },
    }
    life = stack(
        bucket(
            BucketEncryption={"ServerSideEncryptionConfiguration": [encryption]},
            LifecycleConfiguration={"Rules": [lifecycle]},
            LoggingConfiguration={"DestinationBucketName": "logs"},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
            Tags=[{"Key": "a", "Value": "b"}],
        )
    )
    s3, at = client("s3"), {"Bucket": life.resource("Data")}
    (rule,) = s3.get_bucket_encryption(**at)["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert rule["BucketKeyEnabled"] is True
    applied = rule["ApplyServerSideEncryptionByDefault"]
    assert applied["KMSMasterKeyID"] == "alias/mine"
    (kept,) = s3.get_bucket_lifecycle_configuration(**at)["Rules"]
    assert kept["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert kept["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert s3.get_bucket_logging(**at)["LoggingEnabled"]["TargetBucket"] == "logs"
    controls = s3.get_bucket_ownership_controls(**at)["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerPreferred"}]
    assert s3.get_bucket_tagging(**at)["TagSet"] == [{"Key": "a", "Value": "b"}]

    stack(bucket(Tags=[{"Key": "c", "Value": "d"}]))
    assert s3.get_bucket_tagging(**at)["TagSet"] == [{"Key": "c", "Value": "d"}]
    assert "LoggingEnabled" not in s3.get_bucket_logging(**at)
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(**at)


def test_a_lifecycle_rule_that_would_be_ignored_fails_the_stack(
    stack: Callable[..., Any],
) -> None:
    rule = {"Status": "Enabled", "Transitions": []}
    life = stack(bucket(LifecycleConfiguration={"Rules": [rule]}))
    assert life.status == "ROLLBACK_COMPLETE"
    assert "Transitions" in life.reason("Data")


def test_a_bucket_with_objects_is_not_deleted(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    life = stack(bucket(VersioningConfiguration={"Status": "Enabled"}))
    s3, at = client("s3"), {"Bucket": life.resource("Data")}
    version = s3.put_object(**at, Key="x", Body=b"x")["VersionId"]
    marker = s3.delete_object(**at, Key="x")["VersionId"]
    assert life.delete().status == "DELETE_FAILED"
    assert "is not empty" in life.reason("Data")
    for each in (version, marker):
        s3.delete_object(**at, Key="x", VersionId=each)
    assert life.delete().status == "DELETE_COMPLETE"


def test_a_groups_own_egress_rules_replace_the_implicit_one(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    rule = {
        "Type": "AWS::EC2::SecurityGroupEgress",
        "Properties": {
            "GroupId": {"Ref": "Group"},
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "DestinationPrefixListId": "pl-1",
        },
    }
    peers = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": {
            "GroupId": {"Ref": "Group"},
            "IpProtocol": "-1",
            "SourceSecurityGroupId": {"Ref": "Group"},
        },
    }
    life = stack({**NETWORK, "Out": rule, "Peers": peers})
    ec2, group = client("ec2"), life.resource("Group")

    def rules(field: str) -> list[Any]:
        found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return list(found[field])

    (egress,) = rules("IpPermissionsEgress")
    assert egress["PrefixListIds"] == [{"PrefixListId": "pl-1"}]
    (ingress,) = rules("IpPermissions")
    assert ingress["UserIdGroupPairs"][0]["GroupId"] == group
    stack(NETWORK)
    assert rules("IpPermissions") == rules("IpPermissionsEgress") == []


def test_flow_logs_come_and_go(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    flow = {
        "Type": "AWS::EC2::FlowLog",
        "Properties": {
            "ResourceId": {"Ref": "Network"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogGroupName": "flows",
        },
    }
    life = stack({**NETWORK, "Flow": flow})
    ec2, flow_id = client("ec2"), life.resource("Flow")
    (found,) = ec2.describe_flow_logs(FlowLogIds=[flow_id])["FlowLogs"]
    assert found["ResourceId"] == life.resource("Network")
    assert life.delete().status == "DELETE_COMPLETE"
    assert ec2.describe_flow_logs(FlowLogIds=[flow_id])["FlowLogs"] == []


def test_a_trail_records_what_its_selectors_say(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    selector = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/"]}],
    }
    trail = {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "S3BucketName": "logs",
            "IsLogging": True,
            "EnableLogFileValidation": True,
            "EventSelectors": [selector],
        },
    }
    life = stack({"Trail": trail}, Arn={"Fn::GetAtt": ["Trail", "Arn"]})
    cloudtrail, named = client("cloudtrail"), life.resource("Trail")
    found = cloudtrail.get_trail(Name=named)["Trail"]
    assert found["LogFileValidationEnabled"] is True
    assert found["TrailARN"] == life.outputs["Arn"]
    assert cloudtrail.get_trail_status(Name=named)["IsLogging"] is True
    (kept,) = cloudtrail.get_event_selectors(TrailName=named)["EventSelectors"]
    assert kept["DataResources"] == selector["DataResources"]
    trail["Properties"] = {"S3BucketName": "elsewhere", "IsLogging": False}
    stack({"Trail": trail})
    assert cloudtrail.get_trail(Name=named)["Trail"]["S3BucketName"] == "elsewhere"
    assert cloudtrail.get_trail_status(Name=named)["IsLogging"] is False
    assert life.delete().status == "DELETE_COMPLETE"


def test_a_role_has_its_boundary_and_loses_it(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    plain = {"AssumeRolePolicyDocument": TRUST, "Path": "/a/b/"}
    life = stack(
        {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {**plain, "PermissionsBoundary": boundary},
            }
        }
    )
    iam, named = client("iam"), life.resource("Role")
    role = iam.get_role(RoleName=named)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/a/b/{named}"
    stack({"Role": {"Type": "AWS::IAM::Role", "Properties": plain}})
    assert "PermissionsBoundary" not in iam.get_role(RoleName=named)["Role"]


def test_a_topic_keeps_its_key(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/mine"}}
    life = stack({"Topic": topic})
    attributes = client("sns").get_topic_attributes(TopicArn=life.resource("Topic"))
    assert attributes["Attributes"]["KmsMasterKeyId"] == "alias/mine"


def test_a_function_keeps_its_key_and_its_reserved_concurrency(
    stack: Callable[..., Any], client: Callable[..., Any]
) -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": f"arn:aws:iam::{ACCOUNT}:role/any",
            "Code": {"ZipFile": "def handler(event, context): pass"},
            "KmsKeyArn": "arn:aws:kms:us-east-1:1:key/1",
            "ReservedConcurrentExecutions": 1,
        },
    }
    life = stack({"Function": function})
    found = client("lambda").get_function(FunctionName=life.resource("Function"))
    assert found["Configuration"]["KMSKeyArn"] == "arn:aws:kms:us-east-1:1:key/1"
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 1}


def test_a_log_group_takes_only_a_key_that_lets_the_service_use_it(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    def group(allowed: str) -> dict[str, Any]:
        return {
            "Key": {
                "Type": "AWS::KMS::Key",
                "Properties": {"KeyPolicy": logs_may_use(allowed)},
            },
            "Group": {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {
                    "LogGroupName": name,
                    "RetentionInDays": 7,
                    "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                },
            },
        }

    refused = stack(group(allowed="/other/*"))
    assert refused.status == "ROLLBACK_COMPLETE"
    assert "not allowed to be used with Arn" in refused.reason("Group")
    refused.delete()
    stack(group(allowed=name))
    (found,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert found["kmsKeyId"].startswith("arn:aws:kms:")
    assert found["retentionInDays"] == 7


def test_the_key_of_a_log_group_can_be_changed_by_the_api(
    client: Callable[..., Any], name: str
) -> None:
    logs, kms = client("logs"), client("kms")
    good = kms.create_key(Policy=json.dumps(logs_may_use("*")))["KeyMetadata"]["Arn"]
    bad = kms.create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="not allowed to be used"):
        logs.create_log_group(logGroupName=name, kmsKeyId=bad)
    logs.create_log_group(logGroupName=name)
    with pytest.raises(ClientError, match="not allowed to be used"):
        logs.associate_kms_key(logGroupName=name, kmsKeyId=bad)
    logs.associate_kms_key(logGroupName=name, kmsKeyId=good)

    def key() -> Any:
        (found,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return found.get("kmsKeyId")

    assert key() == good
    logs.disassociate_kms_key(logGroupName=name)
    assert key() is None
    with pytest.raises(ClientError, match="does not exist"):
        logs.associate_kms_key(logGroupName="none", kmsKeyId=good)


def test_generated_names_are_new_for_each_stack_and_stay_through_updates(
    stack: Callable[..., Any],
) -> None:
    def resources(days: int) -> dict[str, Any]:
        return {
            "Group": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Retain",
                "Properties": {"RetentionInDays": days},
            }
        }

    life = stack(resources(7))
    first = life.resource("Group")
    stack(resources(14))
    assert life.resource("Group") == first
    life.delete()
    assert stack(resources(7)).resource("Group") != first


@pytest.mark.parametrize(
    ("resource_type", "named", "others"),
    [
        ("AWS::Logs::LogGroup", "LogGroupName", {}),
        ("AWS::IAM::Role", "RoleName", {"AssumeRolePolicyDocument": TRUST}),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", {"PolicyDocument": TRUST}),
        ("AWS::SNS::Topic", "TopicName", {}),
        ("AWS::Events::Rule", "Name", {"ScheduleExpression": "rate(1 day)"}),
        (
            "AWS::Lambda::Function",
            "FunctionName",
            {"Runtime": "python3.13", "Handler": "x.y", "Code": {"ZipFile": " "}},
        ),
    ],
)
def test_a_name_that_is_taken_fails_the_second_stack(
    deploy: Callable[..., Any],
    name: str,
    resource_type: str,
    named: str,
    others: dict[str, Any],
) -> None:
    resources = {"It": {"Type": resource_type, "Properties": {named: name, **others}}}
    assert deploy(name, resources).status == "CREATE_COMPLETE"
    second = deploy(f"{name}-2", resources)
    assert second.status == "ROLLBACK_COMPLETE"
    assert "already exists" in second.reason("It")


def test_an_alias_that_is_taken_fails_the_second_stack(
    deploy: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    alias = {"AliasName": f"alias/{name}", "TargetKeyId": key}
    resources = {"Alias": {"Type": "AWS::KMS::Alias", "Properties": alias}}
    assert deploy(name, resources).status == "CREATE_COMPLETE"
    assert deploy(f"{name}-2", resources).status == "ROLLBACK_COMPLETE"


def test_a_saved_query_of_logs_is_found_and_changes(
    stack: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    def saved(**properties: Any) -> dict[str, Any]:
        return {
            "Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}
        }

    def found() -> list[Any]:
        answer = client("logs").describe_query_definitions(
            queryDefinitionNamePrefix=f"{name}/"
        )
        return list(answer["queryDefinitions"])

    life = stack(saved(Name=f"{name}/q", QueryString="a", LogGroupNames=["g"]))
    (first,) = found()
    assert (first["name"], first["queryString"]) == (f"{name}/q", "a")
    assert first["logGroupNames"] == ["g"]
    stack(saved(Name=f"{name}/r", QueryString="b"))
    (second,) = found()
    assert (second["name"], second["queryString"]) == (f"{name}/r", "b")
    assert second["queryDefinitionId"] == first["queryDefinitionId"]
    assert life.delete().status == "DELETE_COMPLETE"
    assert found() == []
