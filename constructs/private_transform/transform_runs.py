"""Runs of one transform beside those of deployments: what makes and starts them."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from private_transform.environment import Runs
from private_transform.handlers.contract import ARRIVALS
from private_transform.recurrence import Recurrence
from private_transform.requests import TransformRequests
from private_transform.service_role import Place, allow, service_role
from private_transform.transform_model import TransformModel

_LONGEST_SECONDS = 7 * 24 * 3600
"""Of an execution, one that waits for its turn included. With a look every five minutes
it uses most of the 25,000 events that it may have (AWS: Step Functions service quotas).
"""


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
    ) -> None:
        super().__init__(scope, construct_id)
        order = {
            "Environment": environment,
            "Transform": transform,
            "Runs": {
                "Overlap": runs.overlap or ("queue" if requests.is_dated else "skip"),
                "Select": runs.select,
                "Ready": runs.ready or "",
                "OnEmpty": runs.on_empty,
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
                allow("CallTheLauncher", ["lambda:InvokeFunction"], [run_function])
            ],
        )
        self.state_machine_arn = sfn.CfnStateMachine(
            self,
            "StateMachine",
            # With a name that says whose it is: its events tell nothing else of that.
            state_machine_name=f"{environment}-{transform}",
            role_arn=role,
            definition=_definition(run_function, order),
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


def _definition(function: str, order: Mapping[str, Any]) -> dict[str, Any]:
    """Start -> wait -> check -> end (AWS: Amazon States Language)."""
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"Execution.$": "$$.Execution", "Order.$": "$.Order"},
        },
        "ResultSelector": {
            key: f"$.Payload.{key.removesuffix('.$')}"
            for key in ("State.$", "Job.$", "Note.$", "Seconds.$")
        },
        "ResultPath": "$.Run",
        # The launcher answers in words; what is left is of Lambda and passes.
        "Retry": [
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 10,
                "MaxAttempts": 6,
                "BackoffRate": 2,
            }
        ],
        "Next": "How far is it?",
    }
    return {
        "Comment": "One run: start a transform job, and wait for its end",
        "StartAt": "Order",
        "TimeoutSeconds": _LONGEST_SECONDS,
        "States": {
            # Whatever a person's input holds, what runs is what the template says.
            "Order": {"Type": "Pass", "Result": {"Order": order}, "Next": "Start"},
            "Start": call,
            "How far is it?": {
                "Type": "Choice",
                "Choices": [
                    _where("waiting", "running", then="Wait"),
                    _where("succeeded", "tolerated", then="Succeeded"),
                    _where("skipped", then="Skipped"),
                ],
                "Default": "Failed",
            },
            "Wait": {
                "Type": "Wait",
                "SecondsPath": "$.Run.Seconds",
                "Next": "Check",
            },
            "Check": call,
            "Succeeded": {"Type": "Succeed", "OutputPath": "$.Run"},
            "Skipped": {"Type": "Succeed", "OutputPath": "$.Run"},
            "Failed": {
                "Type": "Fail",
                "ErrorPath": "$.Run.State",
                "CausePath": "$.Run.Note",
            },
        },
    }


def _where(*states: str, then: str) -> dict[str, Any]:
    found = [{"Variable": "$.Run.State", "StringEquals": each} for each in states]
    return {"Or": found, "Next": then} if found[1:] else {**found[0], "Next": then}
