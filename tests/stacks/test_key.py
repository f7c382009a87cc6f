"""The key: it rotates, and its policy is the lock's and nothing else."""

from private_transform.access import perimeter
from private_transform.lock import key_policy
from tests.synthesized import Statement, Synthesis


def test_the_key_rotates_and_waits_as_the_file_says(synthesis: Synthesis) -> None:
    settings = synthesis.environment.key
    key = synthesis.key.properties
    assert key["EnableKeyRotation"] is True
    assert key["RotationPeriodInDays"] == settings.rotation_period_in_days
    assert key["PendingWindowInDays"] == settings.pending_window_in_days


def test_the_key_carries_the_policy_of_the_lock(synthesis: Synthesis) -> None:
    environment = synthesis.environment
    name = environment.name
    here = f"{environment.region}:{environment.account}"
    trail = f"arn:aws:cloudtrail:{here}:trail/{name}-audit-us-east-1"
    assert synthesis.key.properties["KeyPolicy"] == key_policy(
        perimeter(environment, partition="aws"),
        bucket_pattern=f"arn:aws:s3:::{name}-foundation-*",
        log_groups=(
            f"arn:aws:logs:{here}:log-group:{name}-*",
            f"arn:aws:logs:{here}:log-group:/aws/sagemaker/TransformJobs",
        ),
        trails=(trail,) if environment.audit == "own" else (),
        topics=(f"arn:aws:sns:{here}:{name}-*",),
        publishers=("cloudwatch.amazonaws.com",),
    )


def test_nobody_gets_the_whole_key(synthesis: Synthesis) -> None:
    for statement in Statement.of(synthesis.key.properties["KeyPolicy"]):
        if statement.effect == "Allow":
            assert not {"*", "kms:*"} & set(statement.actions)
            assert statement.principal not in ("*", {"AWS": "*"})


def test_the_patterns_of_the_key_policy_meet_the_generated_names(
    synthesis: Synthesis,
) -> None:
    # CloudFormation begins a name that it generates with the stack's name, so what is
    # encrypted must lie in these stacks and must not have a name of its own.
    for bucket in synthesis.all("AWS::S3::Bucket"):
        assert bucket.stack == "foundation"
        assert "BucketName" not in bucket.properties
    for group in synthesis.all("AWS::Logs::LogGroup"):
        assert group.stack in ("foundation", "operations")
        assert "LogGroupName" not in group.properties
    for topic in synthesis.all("AWS::SNS::Topic"):
        assert "TopicName" not in topic.properties
    for trail in synthesis.all("AWS::CloudTrail::Trail"):
        named = f"{synthesis.environment.name}-audit-us-east-1"
        assert trail.properties["TrailName"] == named


def test_the_key_has_a_name_that_tells_environments_apart(
    synthesis: Synthesis,
) -> None:
    alias = synthesis.one("AWS::KMS::Alias").properties
    assert alias["TargetKeyId"] == synthesis.key.ref
    assert alias["AliasName"] == f"alias/private-transform-{synthesis.environment.name}"


def test_there_is_one_key(synthesis: Synthesis) -> None:
    named = [
        value
        for resource in synthesis.resources
        for name, value in resource.properties.items()
        if name in ("KmsKeyId", "KMSKeyId", "KmsMasterKeyId", "KeyArn")
    ]
    assert named
    assert set(named) == {synthesis.key.arn}
