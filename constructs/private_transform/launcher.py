"""The functions behind the environment's custom resources."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources as cr
from constructs import Construct

from private_transform.handlers.job import LOG_GROUP as JOB_LOG_GROUP

_PACKAGE = Path(__file__).parent
_WORK = cdk.Duration.minutes(2)
"""Longest time for one call of a handler: it makes a few AWS calls and never waits."""


def handler_code() -> lambda_.Code:
    """The `handlers` package alone, so that its imports work in Lambda as here.

    Bytecode is left out: it would change the asset's hash with every interpreter.
    """
    return lambda_.Code.from_asset(
        str(_PACKAGE),
        exclude=["*", "!handlers", "!handlers/**", "__pycache__"],
        ignore_mode=cdk.IgnoreMode.GIT,
    )


class HandlerFunction(Construct):
    """One function of the `handlers` package with a role of its own.

    Args:
        entry: Name of the function in `handlers.entry`.
        description: What it does, for a person in the console.
        role_path: IAM path of the role.
        log_group: Where it logs.
        variables: Environment variables.

    Attributes:
        function: The function.
        role: Its role, which can only write logs so far.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str,
        description: str,
        role_path: str,
        log_group: logs.ILogGroup,
        variables: dict[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            path=role_path,
            description=description,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Resource",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=handler_code(),
            handler=f"handlers.entry.{entry}",
            role=self.role,
            log_group=log_group,
            timeout=_WORK,
            memory_size=256,
            environment=variables,
        )


class Launcher(Construct):
    """Creates models, starts transform jobs and waits for them.

    Its rights end at the environment's names and execution roles, and it opens no
    object of a data bucket: it only sees whether an artifact is there.

    Args:
        environment: The environment's name: what models and jobs begin with.
        role_path: IAM path of the functions' roles.
        execution_roles: ARN pattern of the roles that it may pass to SageMaker.
        key: Encrypts the journal; the only key that a job's outputs may carry.
        models_bucket: Where artifacts are looked for.
        model_packages: ARNs of the model packages that models are made of.
        control_bucket: Takes the journal of requests.
        log_group: Where all functions log.

    Attributes:
        service_token: What a custom resource names to be served.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        role_path: str,
        execution_roles: str,
        key: kms.IKey,
        models_bucket: s3.IBucket,
        model_packages: Sequence[str],
        control_bucket: s3.IBucket,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        variables = {"CONTROL_BUCKET": control_bucket.bucket_name}
        begin = HandlerFunction(
            self,
            "OnEvent",
            entry="on_event",
            description=f"Launcher of {environment}: begins a request",
            role_path=role_path,
            log_group=log_group,
            variables=variables,
        )
        go_on = HandlerFunction(
            self,
            "IsComplete",
            entry="is_complete",
            description=f"Launcher of {environment}: goes on until it is done",
            role_path=role_path,
            log_group=log_group,
            variables=variables,
        )
        stack = cdk.Stack.of(self)
        for role in (begin.role, go_on.role):
            _allow_looking(role, stack)
            _allow_journal(role, stack, control_bucket, key)
        _allow_launching(go_on.role, stack, environment, execution_roles, key)
        _allow_packages(go_on.role, model_packages)
        _allow_log_group(go_on.role, stack)
        go_on.role.add_to_policy(
            iam.PolicyStatement(
                sid="SeeWhetherArtifactsAreThere",
                actions=["s3:ListBucket"],
                resources=[models_bucket.bucket_arn],
            )
        )
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


def _allow_looking(role: iam.Role, stack: cdk.Stack) -> None:
    """See which jobs exist; a job of any name may use one of our models."""
    role.add_to_policy(
        iam.PolicyStatement(
            sid="List",
            actions=["sagemaker:ListTransformJobs"],
            resources=["*"],
        )
    )
    role.add_to_policy(
        iam.PolicyStatement(
            sid="LookAtJobs",
            actions=["sagemaker:DescribeTransformJob"],
            resources=[_sagemaker(stack, "transform-job", "*")],
        )
    )


def _allow_journal(
    role: iam.Role, stack: cdk.Stack, control_bucket: s3.IBucket, key: kms.IKey
) -> None:
    for statement in (
        iam.PolicyStatement(
            sid="KeepTheJournal",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[control_bucket.arn_for_objects("requests/*")],
        ),
        # Without it S3 answers 403 for what is not there (AWS: GetObject).
        iam.PolicyStatement(
            sid="SeeWhetherThereIsOne",
            actions=["s3:ListBucket"],
            resources=[control_bucket.bucket_arn],
        ),
        iam.PolicyStatement(
            sid="UseTheKeyForTheJournal",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[key.key_arn],
            conditions={
                "StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
                "StringLike": {
                    "kms:EncryptionContext:aws:s3:arn": [
                        control_bucket.bucket_arn,
                        control_bucket.arn_for_objects("*"),
                    ]
                },
            },
        ),
    ):
        role.add_to_policy(statement)


def _allow_launching(
    role: iam.Role,
    stack: cdk.Stack,
    environment: str,
    execution_roles: str,
    key: kms.IKey,
) -> None:
    models = _sagemaker(stack, "model", f"{environment}-*")
    own_jobs = _sagemaker(stack, "transform-job", f"{environment}-*")
    for statement in (
        iam.PolicyStatement(
            sid="CreateIsolatedModels",
            actions=["sagemaker:CreateModel"],
            resources=[models],
            conditions={
                "Bool": {"sagemaker:NetworkIsolation": "true"},
                "Null": {"sagemaker:VpcSubnets": "false"},
            },
        ),
        iam.PolicyStatement(
            sid="KeepModels",
            actions=["sagemaker:DeleteModel", "sagemaker:DescribeModel"],
            resources=[models],
        ),
        iam.PolicyStatement(
            sid="StartJobsOfOurModels",
            actions=["sagemaker:CreateTransformJob"],
            resources=[own_jobs],
            conditions={
                "ArnLike": {"sagemaker:ModelArn": models},
                "ArnEquals": {"sagemaker:OutputKmsKeyArn": key.key_arn},
            },
        ),
        iam.PolicyStatement(
            sid="StopJobs",
            actions=["sagemaker:StopTransformJob"],
            resources=[own_jobs],
        ),
        iam.PolicyStatement(
            sid="Tag", actions=["sagemaker:AddTags"], resources=[models, own_jobs]
        ),
        iam.PolicyStatement(
            sid="PassExecutionRoles",
            actions=["iam:PassRole"],
            resources=[execution_roles],
            conditions={
                "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
            },
        ),
    ):
        role.add_to_policy(statement)


def _allow_packages(role: iam.Role, model_packages: Sequence[str]) -> None:
    """AWS: Deploy a Model in the Registry, for a package of another account.

    To create a model takes the right to its name as well, which carries conditions.
    """
    if model_packages:
        role.add_to_policy(
            iam.PolicyStatement(
                sid="UseModelPackages",
                actions=["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"],
                resources=list(model_packages),
            )
        )


def _allow_log_group(role: iam.Role, stack: cdk.Stack) -> None:
    group = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=JOB_LOG_GROUP,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    role.add_to_policy(
        iam.PolicyStatement(
            sid="KeepTheJobLogGroup",
            actions=[
                "logs:AssociateKmsKey",
                "logs:CreateLogGroup",
                "logs:DisassociateKmsKey",
                "logs:PutRetentionPolicy",
            ],
            resources=[group, f"{group}:*"],
        )
    )
    role.add_to_policy(
        iam.PolicyStatement(
            sid="SeeLogGroups", actions=["logs:DescribeLogGroups"], resources=["*"]
        )
    )


def _sagemaker(stack: cdk.Stack, resource: str, name: str) -> str:
    return stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
