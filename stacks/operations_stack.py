"""Launcher, job logs and state changes: what is replaced with each release."""

import aws_cdk as cdk
from constructs import Construct

from private_transform.access import model_packages, role_arns, role_path
from private_transform.encrypted_log_group import EncryptedLogGroup
from private_transform.environment import Environment
from private_transform.job_log_group import JobLogGroup
from private_transform.job_watch import JobWatch
from private_transform.launcher import Launcher
from private_transform.state_changes import StateChanges
from stacks.foundation_stack import FoundationStack


class OperationsStack(cdk.Stack):
    """What all transforms of an environment share while they run.

    Args:
        environment: The environment's files.
        foundation: Where the data lies.
        synthesizer: How the stack is deployed.

    Attributes:
        service_token: What a transform's custom resources name to be served.
        run_function: ARN of what a transform's state machine calls.
        topic_arn: Hears of every job that ended.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        foundation: FoundationStack,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            environment.stack_name("operations"),
            env=cdk.Environment(account=environment.account, region=environment.region),
            synthesizer=synthesizer,
            tags=environment.stack_tags,
            termination_protection=environment.protection == "keep",
            description=f"Private batch transform {environment.name}: launcher",
        )
        functions_path = role_path(environment, "launcher/")
        log_group = EncryptedLogGroup(
            self,
            "Functions",
            key=foundation.key,
            retention_in_days=environment.retention.logs_in_days,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        ).log_group
        launcher = Launcher(
            self,
            "Launcher",
            environment=environment.name,
            role_path=functions_path,
            place=foundation.place,
            execution_roles=role_arns(
                environment, foundation.place.partition, "execution/"
            ),
            subnets=foundation.surroundings.subnets,
            security_groups=[
                foundation.surroundings.container_group,
                foundation.surroundings.peers_group,
            ],
            key=foundation.key,
            buckets=foundation.arns,
            model_packages=model_packages(environment),
            control_bucket=foundation.control.bucket_name,
            log_group=log_group,
        )
        self.service_token = launcher.service_token
        self.run_function = launcher.run_function.function_arn
        # Also while no transform has runs: one that gets them is deployed alone.
        self.export_value(self.run_function)
        job_logs = JobLogGroup(
            self,
            "JobLogs",
            service_token=self.service_token,
            environment=environment.name,
            key=foundation.key,
            retention_in_days=environment.retention.logs_in_days,
            release_key=environment.protection == "discard",
        )
        JobWatch(
            self,
            "JobWatch",
            environment=environment.name,
            place=foundation.place,
            role_path=functions_path,
            buckets=foundation.arns,
            control_bucket=foundation.control.bucket_name,
            log_group=log_group,
            max_runtime_in_hours=environment.limits.max_runtime_in_hours,
        )
        self.topic_arn = StateChanges(
            self,
            "StateChanges",
            environment=environment.name,
            place=foundation.place,
            role_path=functions_path,
            key=foundation.key,
            buckets=foundation.arns,
            control_bucket=foundation.control.bucket_name,
            log_group=log_group,
            emails=environment.notify,
        ).topic_arn
        cdk.CfnOutput(self, "JobLogGroup", value=job_logs.note)
        cdk.CfnOutput(self, "TopicArn", value=self.topic_arn)
