"""Who touched the data and the key is recorded, unless the organization does that."""

from tests.synthesized import Statement, Synthesis


def test_an_own_trail_is_validated_encrypted_and_on(kept: Synthesis) -> None:
    trail = kept.one("AWS::CloudTrail::Trail").properties
    assert trail["IsLogging"] is True
    # IAM's events are global: a trail of one region sees no change of a right.
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["EnableLogFileValidation"] is True
    assert trail["KMSKeyId"] == kept.key.arn
    assert trail["S3BucketName"] == kept.bucket("LogsBucket").ref


def test_the_trail_sees_each_object_of_the_data_buckets_and_management(
    kept: Synthesis,
) -> None:
    selectors = [
        {
            field["Field"]: field.get("Equals", field.get("StartsWith"))
            for field in selector["FieldSelectors"]
        }
        for selector in kept.one("AWS::CloudTrail::Trail").properties[
            "AdvancedEventSelectors"
        ]
    ]
    assert selectors == [
        {"eventCategory": ["Management"]},
        {
            "eventCategory": ["Data"],
            "resources.type": ["AWS::S3::Object"],
            "resources.ARN": [f"{each.arn}/" for each in kept.data_buckets.values()],
        },
    ]


def test_the_trail_also_goes_to_an_encrypted_log_group(kept: Synthesis) -> None:
    trail = kept.one("AWS::CloudTrail::Trail").properties
    group = kept.named(trail["CloudWatchLogsLogGroupArn"])
    assert group.properties["KmsKeyId"] == kept.key.arn
    (right,) = kept.rights(kept.named(trail["CloudWatchLogsRoleArn"]))
    assert right.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert right.resources == (group.arn,)


def test_only_this_trail_may_write_into_the_log_bucket(kept: Synthesis) -> None:
    logs = kept.bucket("LogsBucket")
    account = kept.environment.account
    arn = f"arn:aws:cloudtrail:us-east-1:{account}:trail/prod-audit-us-east-1"
    admitted = {
        statement.actions: (statement.resources, statement.conditions["StringEquals"])
        for statement in Statement.of(
            kept.bucket_policy(logs).properties["PolicyDocument"]
        )
        if statement.principal == {"Service": "cloudtrail.amazonaws.com"}
    }
    this_trail = {"aws:SourceArn": arn, "aws:SourceAccount": account}
    assert admitted == {
        ("s3:GetBucketAcl",): ((logs.arn,), this_trail),
        ("s3:PutObject",): (
            (f"{logs.arn}/trail/AWSLogs/{account}/*",),
            {**this_trail, "s3:x-amz-acl": "bucket-owner-full-control"},
        ),
    }


def test_the_trail_waits_for_the_bucket_that_admits_it(kept: Synthesis) -> None:
    trail = kept.one("AWS::CloudTrail::Trail")
    policy = kept.bucket_policy(kept.bucket("LogsBucket"))
    assert policy.logical_id in trail.depends_on


def test_an_organization_that_audits_gets_no_second_trail(
    discarded: Synthesis,
) -> None:
    assert discarded.all("AWS::CloudTrail::Trail") == ()
    text = str(discarded.templates)
    assert "cloudtrail.amazonaws.com" not in text
