"""A trail of who touched the data and the key."""

from collections.abc import Sequence

from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from private_transform.service_role import Place, allow, service_role


class AuditTrail(Construct):
    """CloudTrail with validation: management events and each access to an object.

    Uses of the key are management events, so they are in it too
    (AWS: Logging AWS KMS API calls with AWS CloudTrail).

    Args:
        trail_name: Name of the trail; part of the ARN that bucket and key admit.
        place: Where the environment is.
        role_path: IAM path of the role that writes the events.
        key: Encrypts the trail's files.
        logs_bucket: Receives the trail's files, below `trail/`.
        log_group: Receives the events for queries and alarms.
        data_buckets: Buckets whose objects are watched.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        trail_name: str,
        place: Place,
        role_path: str,
        key: kms.IKey,
        logs_bucket: s3.IBucket,
        log_group: logs.ILogGroup,
        data_buckets: Sequence[s3.IBucket],
    ) -> None:
        super().__init__(scope, construct_id)
        arn = place.arn("cloudtrail", f"trail/{trail_name}")
        delivery = _admit_cloudtrail(arn, place.account, logs_bucket)
        writer = service_role(
            self,
            "Writer",
            service="cloudtrail.amazonaws.com",
            path=role_path,
            description="CloudTrail writes events to the environment's log group",
            statements=[
                allow(
                    "WriteLogs",
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [log_group.log_group_arn],
                )
            ],
        )
        trail = cloudtrail.CfnTrail(
            self,
            "Resource",
            trail_name=trail_name,
            is_logging=True,
            enable_log_file_validation=True,
            # IAM's events are global: a trail of one region sees none of them
            # (AWS: Understanding CloudTrail events, Global service events).
            is_multi_region_trail=True,
            include_global_service_events=True,
            kms_key_id=key.key_arn,
            s3_bucket_name=logs_bucket.bucket_name,
            s3_key_prefix="trail",
            cloud_watch_logs_log_group_arn=log_group.log_group_arn,
            cloud_watch_logs_role_arn=writer,
            advanced_event_selectors=[
                _selector("Management events", eventCategory=["Management"]),
                cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
                    name="Objects of the data buckets",
                    field_selectors=[
                        _field("eventCategory", equal_to=["Data"]),
                        _field("resources.type", equal_to=["AWS::S3::Object"]),
                        _field(
                            "resources.ARN",
                            starts_with=[
                                bucket.arn_for_objects("") for bucket in data_buckets
                            ],
                        ),
                    ],
                ),
            ],
        )
        trail.node.add_dependency(delivery)


def _admit_cloudtrail(trail_arn: str, account: str, bucket: s3.IBucket) -> Construct:
    """Let this trail, and no other, write into the bucket.

    Source: AWS: Amazon S3 bucket policy for CloudTrail.
    """
    service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
    of_this_trail = {"aws:SourceArn": trail_arn, "aws:SourceAccount": account}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="TrailLooks",
            principals=[service],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": of_this_trail},
        )
    )
    added = bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="TrailWrites",
            principals=[service],
            actions=["s3:PutObject"],
            resources=[
                bucket.arn_for_objects(f"trail/AWSLogs/{account}/*"),
            ],
            conditions={
                "StringEquals": {
                    **of_this_trail,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                }
            },
        )
    )
    assert added.policy_dependable is not None
    policy = added.policy_dependable
    assert isinstance(policy, Construct)
    return policy


def _field(
    name: str,
    *,
    equal_to: Sequence[str] | None = None,
    starts_with: Sequence[str] | None = None,
) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(
        field=name,
        equal_to=None if equal_to is None else list(equal_to),
        starts_with=None if starts_with is None else list(starts_with),
    )


def _selector(
    name: str, **fields: Sequence[str]
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
        name=name,
        field_selectors=[
            _field(field, equal_to=values) for field, values in fields.items()
        ],
    )
