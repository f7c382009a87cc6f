"""What outlives its stack with `keep`, and goes with `discard`."""

from itertools import chain

from tests.synthesized import Resource, Synthesis

FIXED_NAMES = {
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
}


def data(synthesis: Synthesis) -> tuple[Resource, ...]:
    """What would be lost for good: buckets, key, and the logs of an audit."""
    groups = [
        synthesis.named(synthesis.one("AWS::EC2::FlowLog").properties["LogGroupName"]),
        *(
            synthesis.named(trail.properties["CloudWatchLogsLogGroupArn"])
            for trail in synthesis.all("AWS::CloudTrail::Trail")
        ),
    ]
    return (*synthesis.all("AWS::S3::Bucket"), synthesis.key, *groups)


def locks(synthesis: Synthesis) -> tuple[Resource, ...]:
    """Without its policy a bucket that was kept would be less protected."""
    return tuple(
        synthesis.bucket_policy(bucket) for bucket in synthesis.all("AWS::S3::Bucket")
    )


def test_kept_data_outlives_its_stack_with_its_locks(kept: Synthesis) -> None:
    for resource in chain(data(kept), locks(kept)):
        assert (resource.on_delete, resource.on_replace) == ("Retain", "Retain")


def test_nothing_else_is_left_behind(kept: Synthesis) -> None:
    retained = {each.ref for each in kept.resources if each.on_delete == "Retain"}
    assert retained == {each.ref for each in chain(data(kept), locks(kept))}


def test_discarded_data_goes_with_its_stack(discarded: Synthesis) -> None:
    for resource in chain(data(discarded), locks(discarded)):
        assert (resource.on_delete, resource.on_replace) == ("Delete", "Delete")
    assert {each.on_delete for each in discarded.resources} <= {None, "Delete"}


def test_nothing_empties_a_bucket_by_itself(synthesis: Synthesis) -> None:
    assert synthesis.all("Custom::S3AutoDeleteObjects") == ()


def test_stacks_with_state_are_protected_from_deletion(
    kept: Synthesis, discarded: Synthesis
) -> None:
    for part in ("foundation", "operations"):
        assert kept.stack_properties(part)["terminationProtection"] is True
        assert discarded.stack_properties(part)["terminationProtection"] is False


def test_a_transform_can_go_alone(synthesis: Synthesis) -> None:
    for transform in synthesis.environment.transforms:
        properties = synthesis.stack_properties(transform.name)
        assert properties["terminationProtection"] is False
        assert "Export" not in str(synthesis.templates[transform.name]["Outputs"])


def test_names_are_generated_so_that_a_kept_one_is_never_in_the_way(
    synthesis: Synthesis,
) -> None:
    for resource_type, name in FIXED_NAMES.items():
        for resource in synthesis.all(resource_type):
            assert name not in resource.properties
