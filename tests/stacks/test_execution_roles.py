"""Each transform's role reaches its own prefixes, and no other transform's."""

import pytest

from private_transform.lock.s3_actions import FETCH, WRITE, s3_actions
from tests.representative import REGISTRY_KEY
from tests.synthesized import Resource, Statement, Synthesis

ON_OBJECTS = (*s3_actions(FETCH), *s3_actions(WRITE), "s3:DeleteObject")


def reaches(role_rights: tuple[Statement, ...], action: str, resource: str) -> bool:
    return any(
        statement.effect == "Allow" and statement.matches(action, resource)
        for statement in role_rights
    )


def places(synthesis: Synthesis, **keys: str) -> dict[str, str]:
    """Objects of the buckets, as ARNs."""
    return {
        kind: f"{synthesis.bucket(f'{kind.capitalize()}Bucket').arn}/{key}"
        for kind, key in keys.items()
    }


FACES = {
    "models": "faces/model.tar.gz",
    "inputs": "photos/a.jpg",
    "outputs": "faces/job=1/a.jpg.out",
    "control": "manifests/faces/list",
}
SCORES = {
    "models": "scores/prepare.tar.gz",
    "inputs": "customers/a.csv",
    "outputs": "scores/job=1/a.csv.out",
    "control": "manifests/scores/list",
}
NEIGHBOURS = {
    "models": "faces/model.tar.gz.old",
    "inputs": "photos-private/a.jpg",
    "outputs": "faces2/job=1/a.jpg.out",
    "control": "manifests/faces2/list",
}
TAKEN = {
    "models": {"s3:GetObject"},
    "inputs": {"s3:GetObject"},
    "outputs": {
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    },
    "control": {"s3:GetObject"},
}


@pytest.mark.parametrize(("transform", "own"), [("faces", FACES), ("scores", SCORES)])
def test_a_role_reads_and_writes_what_its_job_needs(
    kept: Synthesis, transform: str, own: dict[str, str]
) -> None:
    rights = kept.rights(kept.execution_role(transform))
    for kind, place in places(kept, **own).items():
        done = {action for action in ON_OBJECTS if reaches(rights, action, place)}
        assert done == TAKEN[kind], kind


@pytest.mark.parametrize(
    ("transform", "foreign"),
    [("faces", SCORES), ("faces", NEIGHBOURS), ("scores", FACES)],
)
def test_a_role_reaches_nothing_of_other_transforms(
    kept: Synthesis, transform: str, foreign: dict[str, str]
) -> None:
    rights = kept.rights(kept.execution_role(transform))
    for place in places(kept, **foreign).values():
        assert not [each for each in ON_OBJECTS if reaches(rights, each, place)], place


def test_two_roles_have_no_object_in_common(kept: Synthesis) -> None:
    def objects(transform: str) -> set[str]:
        return {
            resource
            for statement in kept.rights(kept.execution_role(transform))
            for resource in statement.resources
            if any(each.startswith("s3:") for each in statement.actions)
            and "/" in resource.rpartition(">")[2]
        }

    for one in objects("faces"):
        for other in objects("scores"):
            stem, stem_of_other = one.rstrip("*"), other.rstrip("*")
            assert not stem.startswith(stem_of_other)
            assert not stem_of_other.startswith(stem)


def listings(synthesis: Synthesis, transform: str) -> dict[str, list[str]]:
    """The prefixes that a role lists, by the bucket's ARN."""
    found = {}
    for statement in synthesis.rights(synthesis.execution_role(transform)):
        if "s3:ListBucket" in statement.actions:
            (bucket,) = statement.resources
            assert statement.conditions.keys() == {"StringLike"}
            found[bucket] = statement.conditions["StringLike"]["s3:prefix"]
    return found


def test_names_are_listed_below_the_transforms_own_prefixes_only(
    kept: Synthesis,
) -> None:
    assert listings(kept, "faces") == {
        kept.data_buckets["inputs"].arn: ["photos/*"],
        kept.bucket("ControlBucket").arn: ["manifests/faces/*"],
    }


def test_a_smoke_run_may_read_its_own_inputs_too(kept: Synthesis) -> None:
    rights = kept.rights(kept.execution_role("sampled"))
    inputs = kept.data_buckets["inputs"].arn
    for prefix in ("photos/", "smoke/"):
        assert reaches(rights, "s3:GetObject", f"{inputs}/{prefix}a.jpg")
    assert not reaches(rights, "s3:GetObject", f"{inputs}/customers/a.csv")
    assert listings(kept, "sampled")[inputs] == ["photos/*", "smoke/*"]


def test_a_manifest_leads_to_objects_of_its_own_folder_only(kept: Synthesis) -> None:
    rights = kept.rights(kept.execution_role("video"))
    inputs = kept.data_buckets["inputs"].arn
    assert reaches(rights, "s3:GetObject", f"{inputs}/lists/video.manifest")
    assert reaches(rights, "s3:GetObject", f"{inputs}/lists/clips/a.mp4")
    assert not reaches(rights, "s3:GetObject", f"{inputs}/clips/a.mp4")
    assert not reaches(rights, "s3:PutObject", f"{inputs}/lists/clips/a.mp4")


def test_captured_data_and_artifacts_elsewhere_are_reached_too(
    kept: Synthesis,
) -> None:
    rights = kept.rights(kept.execution_role("scores"))
    outputs = kept.data_buckets["outputs"].arn
    assert reaches(rights, "s3:PutObject", f"{outputs}/captured/input/x")
    for artifact in (
        "arn:aws:s3:::shared-models/round/model.tar.gz",
        "arn:aws:s3:::registry-models/score/3.tar.gz",
    ):
        done = {each for each in ON_OBJECTS if reaches(rights, each, artifact)}
        assert done == {"s3:GetObject"}
        assert not reaches(rights, "s3:GetObject", f"{artifact}.old")
    unnamed = "arn:aws:s3:::unused-models/released/model.tar.gz"
    assert not reaches(rights, "s3:GetObject", unnamed)


def test_the_key_of_an_artifact_elsewhere_decrypts_that_artifact_through_s3_only(
    kept: Synthesis,
) -> None:
    foreign = {
        transform: [
            statement
            for statement in kept.rights(kept.execution_role(transform))
            if any(action.startswith("kms:") for action in statement.actions)
            and statement.resources != (kept.key.arn,)
        ]
        for transform in ("faces", "scores", "video")
    }
    assert foreign["faces"] == foreign["video"] == []
    (decrypting,) = foreign["scores"]
    assert decrypting.actions == ("kms:Decrypt",)
    assert decrypting.resources == (REGISTRY_KEY,)
    assert decrypting.conditions == {
        "StringEquals": {
            "kms:ViaService": "s3.us-east-1.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::registry-models",
                "arn:aws:s3:::registry-models/score/3.tar.gz",
            ],
        }
    }


def test_only_sagemaker_in_this_account_and_region_assumes_the_role(
    synthesis: Synthesis,
) -> None:
    for role in execution_roles(synthesis):
        (statement,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-east-1:123456789012:*"},
        }


def test_the_roles_lie_where_launcher_and_lock_look_for_them(
    synthesis: Synthesis,
) -> None:
    environment = synthesis.environment
    path = f"{environment.iam.role_path}{environment.name}-us-east-1/execution/"
    for role in execution_roles(synthesis):
        assert role.properties["Path"] == path


def test_network_interfaces_are_placed_in_our_network_only(
    synthesis: Synthesis,
) -> None:
    here = "arn:aws:ec2:us-east-1:123456789012"
    subnets = {
        f"{here}:subnet/{each.ref}" for each in synthesis.all("AWS::EC2::Subnet")
    }
    groups = {
        f"{here}:security-group/{each.attribute('GroupId')}"
        for each in synthesis.all("AWS::EC2::SecurityGroup")
    }
    for role in execution_roles(synthesis):
        rights = {
            action: statement
            for statement in synthesis.rights(role)
            for action in statement.actions
        }
        interfaces = f"{here}:network-interface/*"
        creating = rights["ec2:CreateNetworkInterface"]
        assert set(creating.resources) == {interfaces} | subnets | groups
        lending = rights["ec2:CreateNetworkInterfacePermission"]
        assert lending.resources == (interfaces,)
        assert set(lending.conditions["ArnEquals"]["ec2:Subnet"]) == subnets


def test_the_key_is_lent_to_volumes_and_to_nothing_else(synthesis: Synthesis) -> None:
    for role in execution_roles(synthesis):
        rights = synthesis.rights(role)
        using = [
            statement
            for statement in rights
            if statement.resources == (synthesis.key.arn,)
        ]
        (lending,) = (each for each in using if "kms:CreateGrant" in each.actions)
        assert lending.actions == ("kms:CreateGrant",)
        assert lending.conditions == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_images_are_pulled_from_the_named_repositories_only(kept: Synthesis) -> None:
    repositories = {
        statement.resources
        for statement in kept.rights(kept.execution_role("scores"))
        if "ecr:BatchGetImage" in statement.actions
    }
    assert repositories == {
        (
            "arn:aws:ecr:us-east-1:123456789012:repository/score",
            "arn:aws:ecr:us-east-1:123456789012:repository/team/prepare",
            "arn:aws:ecr:us-east-1:763104351884:repository/pytorch",
        )
    }


def test_jobs_write_logs_and_metrics_of_transform_jobs_only(
    synthesis: Synthesis,
) -> None:
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TransformJobs"
    for role in execution_roles(synthesis):
        for statement in synthesis.rights(role):
            if any(action.startswith("logs:") for action in statement.actions):
                assert set(statement.resources) == {group, f"{group}:*"}


def test_no_role_is_ever_without_its_rights(synthesis: Synthesis) -> None:
    """SageMaker reads the artifact with the role while the model is created."""
    for transform in synthesis.environment.transforms:
        role = synthesis.execution_role(transform.name)
        (policy,) = role.properties["Policies"]
        assert len(policy["PolicyDocument"]["Statement"]) == len(synthesis.rights(role))


def execution_roles(synthesis: Synthesis) -> tuple[Resource, ...]:
    return tuple(
        synthesis.execution_role(each.name) for each in synthesis.environment.transforms
    )
