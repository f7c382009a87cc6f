"""Runs of one transform beside those of deployments: what makes and starts them."""

from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from private_transform.environment import Runs
from private_transform.handlers.contract import ARRIVALS
from private_transform.handlers.moment import is_dated
from private_transform.recurrence import Recurrence
from private_transform.requests import TransformRequests
from private_transform.run_states import (
    definition,
    definition_in_shards,
    shard_rights,
)
from private_transform.service_role import Place, allow, service_role
from private_transform.transform_model import TransformModel


class TransformRuns(Construct):
    """Starts one transform's jobs by schedule or by hand, and waits for their ends.

    The launcher's function starts and looks; the state machine only waits between. Its
    role may call that function and nothing else.

    Args:
        place: Where the environment is.
        role_path: IAM path of the roles.
        environment: The environment's name.
        transform: The transform's name.
        runs: When and how it runs.
        model: The model that the jobs use.
        requests: What to start.
        max_failed_inputs: How many inputs may stay without an output.
        policy_digests: SHA-256 of the policies that guard a job's data.
        run_function: ARN of the launcher's function.
        control_bucket: Name of the bucket to which lists of inputs are uploaded.
        control_bucket_arn: Its ARN.

    Attributes:
        state_machine_arn: What a person starts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        place: Place,
        role_path: str,
        environment: str,
        transform: str,
        runs: Runs,
        model: TransformModel,
        requests: TransformRequests,
        max_failed_inputs: int,
        policy_digests: Mapping[str, str],
        run_function: str,
        control_bucket: str,
        control_bucket_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        shards = runs.shards.manifest if runs.shards else ""
        # A day that is skipped would never be run.
        by_day = requests.is_dated or is_dated(shards)
        order = {
            "Environment": environment,
            "Transform": transform,
            "Runs": {
                "Overlap": runs.overlap or ("queue" if by_day else "skip"),
                "Select": runs.select,
                "Ready": runs.ready or "",
                "OnEmpty": runs.on_empty,
                "Shards": shards,
            },
            "TimeZone": requests.time_zone,
            "ModelName": model.model_name,
            "Request": requests.create_transform_job(),
            "Fallbacks": requests.fallbacks(),
            "Network": requests.network,
            "ArtifactDigests": requests.artifact_digests(),
            "MaxFailedInputs": max_failed_inputs,
            "Policies": policy_digests,
        }
        name = f"{environment}-{transform}"
        plans = f"{control_bucket_arn}/manifests/{transform}/shards/*"
        role = service_role(
            self,
            "Role",
            service="states.amazonaws.com",
            path=role_path,
            description=f"Runs of {transform}",
            # AWS: Cross-service confused deputy prevention (Step Functions).
            conditions={
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {"aws:SourceArn": place.arn("states", "stateMachine:*")},
            },
            statements=[
                allow("CallTheLauncher", ["lambda:InvokeFunction"], [run_function]),
                *(shard_rights(place, name, plans) if runs.shards else ()),
            ],
        )
        self.state_machine_arn = sfn.CfnStateMachine(
            self,
            "StateMachine",
            # With a name that says whose it is: its events tell nothing else of that.
            state_machine_name=name,
            role_arn=role,
            definition=(
                definition_in_shards(
                    run_function,
                    order,
                    control_bucket=control_bucket,
                    max_concurrency=runs.shards.max_concurrency,
                )
                if runs.shards
                else definition(run_function, order)
            ),
        ).attr_arn
        if runs.on_arrival:
            self._begin_on_arrival(place, role_path, transform, control_bucket)
        if runs.schedule is not None:
            Recurrence(
                self,
                "Schedule",
                place=place,
                role_path=role_path,
                description=f"Starts runs of {transform}",
                expression=runs.schedule.expression,
                time_zone=runs.schedule.time_zone,
                does="states:StartExecution",
                target_arn=self.state_machine_arn,
                # AWS: Adding context attributes in EventBridge Scheduler.
                content='{"scheduled": "<aws.scheduler.scheduled-time>"}',
            )

    def _begin_on_arrival(
        self, place: Place, role_path: str, transform: str, control_bucket: str
    ) -> None:
        """AWS: Using EventBridge with Amazon S3, Event structure."""
        role = service_role(
            self,
            "ArrivalsRole",
            service="events.amazonaws.com",
            path=role_path,
            description=f"Starts runs of {transform} over what is uploaded",
            # AWS: Cross-service confused deputy prevention in EventBridge.
            conditions={"StringEquals": {"aws:SourceAccount": place.account}},
            statements=[
                allow("StartRuns", ["states:StartExecution"], [self.state_machine_arn])
            ],
        )
        events.CfnRule(
            self,
            "Arrivals",
            description=f"Lists of inputs for {transform}",
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [control_bucket]},
                    "object": {"key": [{"prefix": f"{ARRIVALS}{transform}/"}]},
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Runs",
                    arn=self.state_machine_arn,
                    role_arn=role,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map={
                            "key": "$.detail.object.key",
                            "version": "$.detail.object.version-id",
                            "at": "$.time",
                        },
                        input_template='{"arrival": {"key": <key>, "version_id": '
                        '<version>, "at": <at>}}',
                    ),
                )
            ],
        )
