"""The functions behind the environment's custom resources."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from private_transform.handler_function import HandlerFunction
from private_transform.handlers.contract import ARRIVALS, JOB_LOG_GROUP, SHARDS
from private_transform.jobs_of_ours import stop_jobs, tagged
from private_transform.lock import Buckets
from private_transform.object_names import see_objects
from private_transform.service_role import Place, Statement, allow

_LONGEST_CALL_SECONDS = 120
"""Of a handler: it makes a few AWS calls and never waits."""


class Launcher(Construct):
    """Creates models, starts transform jobs and waits for them.

    Its rights end at the environment's names and execution roles, and it opens no
    object of a data bucket: it only sees what is there.

    Args:
        environment: The environment's name: what models and jobs begin with.
        place: Where the environment is.
        role_path: IAM path of the functions' roles.
        execution_roles: ARN pattern of the roles that it may pass to SageMaker.
        subnets: Ids of the subnets that models are made in.
        security_groups: Ids of the groups that models may have.
        key: The only key that a job's outputs may carry.
        buckets: Those with artifacts, inputs and outputs, whose names it lists, and the
            one that takes the journal of requests and the notes of starts.
        model_packages: ARNs of the model packages that models are made of.
        control_bucket: Name of the latter.
        log_group: Where all functions log.

    Attributes:
        service_token: What a custom resource names to be served.
        run_function: What a transform's state machine calls.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        place: Place,
        role_path: str,
        execution_roles: str,
        subnets: Sequence[str],
        security_groups: Sequence[str],
        key: kms.IKey,
        buckets: Buckets,
        model_packages: Sequence[str],
        control_bucket: str,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        variables = {"CONTROL_BUCKET": control_bucket}
        note = list(_journal(buckets.control))
        begin = HandlerFunction(
            self,
            "OnEvent",
            entry="on_event",
            description=f"Launcher of {environment}: begins a request",
            role_path=role_path,
            statements=note,
            log_group=log_group,
            variables=variables,
            timeout_seconds=_LONGEST_CALL_SECONDS,
        )
        go_on = HandlerFunction(
            self,
            "IsComplete",
            entry="is_complete",
            description=f"Launcher of {environment}: goes on until it is done",
            role_path=role_path,
            statements=[
                *note,
                allow("ListJobs", ["sagemaker:ListTransformJobs"], ["*"]),
                *_modelling(place, environment, subnets, security_groups),
                *_launching(place, environment, key.key_arn, buckets),
                stop_jobs(place, environment),
                allow(
                    "PassExecutionRoles",
                    ["iam:PassRole"],
                    [execution_roles],
                    StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"},
                ),
                *_packages(model_packages),
                *_job_log_group(place),
                # How each job was judged when it ended, under S3's key as well.
                allow("ReadResults", ["s3:GetObject"], [f"{buckets.control}/claims/*"]),
            ],
            log_group=log_group,
            variables=variables,
            timeout_seconds=_LONGEST_CALL_SECONDS,
        )
        self.run_function = HandlerFunction(
            self,
            "Run",
            entry="run",
            description=f"Launcher of {environment}: goes on with a run",
            role_path=role_path,
            statements=[
                *_launching(place, environment, key.key_arn, buckets),
                *_running(place, buckets.control, key.key_arn),
            ],
            log_group=log_group,
            variables=variables,
            timeout_seconds=_LONGEST_CALL_SECONDS,
        ).function
        self.service_token = cr.Provider(
            self,
            "Provider",
            on_event_handler=begin.function,
            is_complete_handler=go_on.function,
            # 50 minutes of polling take up to 58 with the calls' own time, and the
            # handler gives up at 45: CloudFormation, which waits for 60, always gets
            # an answer of ours.
            query_interval=cdk.Duration.seconds(5),
            total_timeout=cdk.Duration.minutes(50),
            log_group=log_group,
        ).service_token


def _running(place: Place, control: str, key: str) -> Iterator[Statement]:
    """Keep what is known of runs, and write the lists of what they read."""
    kept = (
        *("days", "launches", "manifests"),
        *("finished", "redos", "runs", "selections", "turns"),
    )
    yield allow(
        "KeepRuns",
        ["s3:GetObject", "s3:PutObject"],
        [f"{control}/{each}/*" for each in kept],
    )
    # The version that began a run, whatever was put there since.
    yield allow("ReadArrivals", ["s3:GetObjectVersion"], [f"{control}/{ARRIVALS}*"])
    yield allow("ReadShards", ["s3:GetObject"], [f"{control}/{SHARDS}*"])
    yield allow("ListJobs", ["sagemaker:ListTransformJobs"], ["*"])
    yield _see_whether_there_is_one(control)
    yield allow(
        "UseTheKeyForLists",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [key],
        StringEquals={"kms:ViaService": f"s3.{place.region}.amazonaws.com"},
        StringLike={"kms:EncryptionContext:aws:s3:arn": [control, f"{control}/*"]},
    )


def _journal(control_bucket: str) -> Iterator[Statement]:
    """The journal carries S3's key and not ours, so no right to a key is needed."""
    yield allow(
        "KeepTheJournal",
        ["s3:GetObject", "s3:PutObject"],
        [f"{control_bucket}/requests/*"],
    )
    yield _see_whether_there_is_one(control_bucket)


def _see_whether_there_is_one(control_bucket: str) -> Statement:
    """Without it S3 answers 403 for what is not there (AWS: GetObject)."""
    return allow("SeeWhetherThereIsOne", ["s3:ListBucket"], [control_bucket])


def _modelling(
    place: Place,
    environment: str,
    subnets: Sequence[str],
    security_groups: Sequence[str],
) -> Iterator[Statement]:
    """Make models in our network only, and take away none but the environment's.

    `ForAllValues` holds for a request that names no subnet at all, so `Null` asks for
    one (AWS: IAM condition operators for multivalued context keys).
    """
    models = place.arn("sagemaker", f"model/{environment}-*")
    yield allow(
        "CreateModelsInOurNetwork",
        ["sagemaker:CreateModel"],
        [models],
        Bool={"sagemaker:NetworkIsolation": "true"},
        Null={
            "sagemaker:VpcSubnets": "false",
            "sagemaker:VpcSecurityGroupIds": "false",
        },
        **{
            "ForAllValues:StringEquals": {
                "sagemaker:VpcSubnets": list(subnets),
                "sagemaker:VpcSecurityGroupIds": list(security_groups),
            }
        },
    )
    yield allow(
        "DeleteModels",
        ["sagemaker:DeleteModel"],
        [models],
        StringEquals=tagged(environment),
    )
    yield _tag_what_is_created("TagModels", "CreateModel", models)


def _launching(
    place: Place, environment: str, key: str, buckets: Buckets
) -> Iterator[Statement]:
    """Start jobs of our models under our key, look at them and count what they did."""
    jobs = place.arn("sagemaker", f"transform-job/{environment}-*")
    models = place.arn("sagemaker", f"model/{environment}-*")
    yield allow("LookAtModels", ["sagemaker:DescribeModel"], [models])
    # Of any name, because any may use one of our models.
    yield allow(
        "LookAtJobs",
        ["sagemaker:DescribeTransformJob"],
        [place.arn("sagemaker", "transform-job/*")],
    )
    yield allow(
        "StartJobsOfOurModels",
        ["sagemaker:CreateTransformJob"],
        [jobs],
        ArnLike={"sagemaker:ModelArn": models},
        ArnEquals={"sagemaker:OutputKmsKeyArn": key},
        # Instances with local disks take no key for them.
        ArnEqualsIfExists={"sagemaker:VolumeKmsKeyArn": key},
    )
    yield _tag_what_is_created("TagJobs", "CreateTransformJob", jobs)
    yield from see_objects(
        names=list(buckets.data), versions=[buckets.models, buckets.inputs]
    )
    yield allow("NoteStarts", ["s3:PutObject"], [f"{buckets.control}/launches/*"])


def _tag_what_is_created(sid: str, operation: str, resource: str) -> Statement:
    return allow(
        sid,
        ["sagemaker:AddTags"],
        [resource],
        StringEquals={"sagemaker:TaggingAction": operation},
    )


def _packages(model_packages: Sequence[str]) -> Iterator[Statement]:
    """AWS: Deploy a Model in the Registry, for a package of another account.

    To create a model takes the right to its name as well, which carries conditions.
    """
    if model_packages:
        yield allow(
            "UseModelPackages",
            ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"],
            model_packages,
        )


def _job_log_group(place: Place) -> Iterator[Statement]:
    group = place.arn("logs", f"log-group:{JOB_LOG_GROUP}")
    yield allow(
        "KeepTheJobLogGroup",
        [
            "logs:AssociateKmsKey",
            "logs:CreateLogGroup",
            "logs:DisassociateKmsKey",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
        ],
        [group, f"{group}:*"],
    )
    yield allow("SeeLogGroups", ["logs:DescribeLogGroups"], ["*"])
