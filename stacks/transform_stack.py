"""One transform: its role, its model and its job."""

import aws_cdk as cdk
from constructs import Construct

from private_transform.access import database_name, role_path
from private_transform.declaration import declaration
from private_transform.environment import TRANSFORM_TAG, Environment, Transform
from private_transform.execution_role import ExecutionRole
from private_transform.handlers.contract import JOB_LOG_GROUP
from private_transform.query.tables import Tables
from private_transform.requests import TransformRequests
from private_transform.results_table import ResultsTable
from private_transform.run_alarms import RunAlarms
from private_transform.transform_job import TransformJob
from private_transform.transform_model import TransformModel
from private_transform.transform_runs import TransformRuns
from stacks.foundation_stack import FoundationStack
from stacks.operations_stack import OperationsStack


class TransformStack(cdk.Stack):
    """Deployed alone: one failing transform never rolls back another.

    Args:
        environment: The environment's files.
        transform: The transform's file.
        foundation: Where the data lies.
        operations: Where the launcher is.
        synthesizer: How the stack is deployed.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        transform: Transform,
        foundation: FoundationStack,
        operations: OperationsStack,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            environment.stack_name(transform.name),
            env=cdk.Environment(account=environment.account, region=environment.region),
            synthesizer=synthesizer,
            tags=environment.stack_tags,
            description=f"Private batch transform {environment.name}: {transform.name}",
        )
        self.template_options.metadata = {TRANSFORM_TAG: declaration(transform)}
        surroundings = foundation.surroundings
        role = ExecutionRole(
            self,
            "ExecutionRole",
            transform=transform,
            path=role_path(environment, "execution/"),
            place=foundation.place,
            key_arn=surroundings.key_arn,
            buckets=foundation.arns,
            artifact_sources=environment.artifact_sources,
            subnets=surroundings.subnets,
            security_groups=[surroundings.container_group, surroundings.peers_group],
        )
        requests = TransformRequests(
            tags=environment.stack_tags,
            transform=transform,
            role_arn=role.role_arn,
            surroundings=surroundings,
        )
        model = TransformModel(
            self,
            "Model",
            service_token=operations.service_token,
            environment=environment.name,
            transform=transform.name,
            requests=requests,
            run=transform.run,
            upload_command=foundation.upload_command,
        )
        RunAlarms(
            self,
            "Alarm",
            environment=environment.name,
            transform=transform.name,
            topic_arn=operations.topic_arn,
            runs=transform.runs,
        )
        policy_digests = {
            **foundation.policy_digests,
            "execution_role": role.policy_digest,
        }
        if transform.runs is not None:
            runs = TransformRuns(
                self,
                "Runs",
                place=foundation.place,
                role_path=role_path(environment, "runs/"),
                environment=environment.name,
                transform=transform.name,
                runs=transform.runs,
                model=model,
                requests=requests,
                max_failed_inputs=transform.max_failed_inputs,
                policy_digests=policy_digests,
                run_function=operations.run_function,
                control_bucket=foundation.control.bucket_name,
                control_bucket_arn=foundation.arns.control,
            )
            cdk.CfnOutput(self, "StateMachine", value=runs.state_machine_arn)
        if transform.results is not None:
            assert operations.queries is not None  # A rule of the files.
            output_path = transform.transform_output.s3_output_path
            ResultsTable(
                self,
                "Results",
                account=foundation.place.account,
                environment=environment.name,
                tables=Tables(
                    database=database_name(environment), transform=transform.name
                ),
                workgroup=operations.queries.name,
                results=transform.results,
                transform=transform.name,
                output_path=f"s3://{surroundings.outputs_bucket}/{output_path}",
                control_bucket=foundation.control.bucket_name,
            )
        if transform.on_deploy == "none":
            cdk.CfnOutput(self, "ModelName", value=model.model_name)
            return
        job = TransformJob(
            self,
            "Job",
            service_token=operations.service_token,
            environment=environment.name,
            transform=transform.name,
            model=model,
            requests=requests,
            run=transform.run,
            smoke_input=transform.smoke_input,
            max_failed_inputs=transform.max_failed_inputs,
            policy_digests=policy_digests,
            completion=transform.completion,
        )
        self._outputs(job, environment.region)

    def _outputs(self, job: TransformJob, region: str) -> None:
        console = f"https://{region}.console.aws.amazon.com"
        group = JOB_LOG_GROUP.replace("/", "$252F")
        for name, value in {
            "JobName": job.job_name,
            "JobStatus": job.status,
            "JobNote": job.note,
            "Outputs": job.output_path,
            "JobConsole": f"{console}/sagemaker/home?region={region}"
            f"#/transform-jobs/{job.job_name}",
            "LogsConsole": f"{console}/cloudwatch/home?region={region}"
            f"#logsV2:log-groups/log-group/{group}"
            f"$3FlogStreamNameFilter$3D{job.job_name}",
            "MetricsConsole": f"{console}/cloudwatch/home?region={region}"
            f"#metricsV2?query=~'*7b*2faws*2fsagemaker*2fTransformJobs*2cHost*7d*20"
            f"{job.job_name}",
        }.items():
            cdk.CfnOutput(self, name, value=value)
