"""Launcher, job logs and state changes: what is replaced with each release."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.access import (
    database_name,
    model_packages,
    perimeter,
    role_arns,
    role_path,
    workgroup_name,
)
from private_transform.dashboard import Dashboard
from private_transform.encrypted_log_group import EncryptedLogGroup
from private_transform.environment import Environment
from private_transform.job_log_group import JobLogGroup
from private_transform.job_watch import JobWatch
from private_transform.launcher import Launcher
from private_transform.query_workgroup import QueryWorkgroup
from private_transform.saved_queries import SavedQueries
from private_transform.state_changes import StateChanges
from private_transform.tamper_alarms import TamperAlarms
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
        queries: Where outputs are queried; None where they are not.
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
        self._eyes(environment, foundation, functions_path, log_group)
        self.queries = self._queries(environment, foundation)
        cdk.CfnOutput(self, "JobLogGroup", value=job_logs.note)
        cdk.CfnOutput(self, "TopicArn", value=self.topic_arn)

    def _eyes(
        self,
        environment: Environment,
        foundation: FoundationStack,
        role_path: str,
        log_group: logs.ILogGroup,
    ) -> None:
        """What people look at, and what tells them of changes by hand."""
        who = perimeter(environment, partition=foundation.place.partition)
        key_arn = foundation.surroundings.key_arn
        TamperAlarms(
            self,
            "TamperAlarms",
            environment=environment.name,
            place=foundation.place,
            role_path=role_path,
            key=foundation.key,
            log_group=log_group,
            topic_arn=self.topic_arn,
            protection=foundation.protection,
            deployment_roles=who.deployment_roles,
            break_glass=who.break_glass,
        )
        Dashboard(
            self,
            "Dashboard",
            environment=environment.name,
            region=foundation.place.region,
            control_bucket=foundation.control.bucket_name,
            key_arn=key_arn,
        )
        SavedQueries(
            self,
            "SavedQueries",
            environment=environment.name,
            key_arn=key_arn,
            function_log_group=log_group,
            audit_log_group=foundation.audit_log_group,
        )

    def _queries(
        self, environment: Environment, foundation: FoundationStack
    ) -> QueryWorkgroup | None:
        if environment.query is None:
            return None
        queries = QueryWorkgroup(
            self,
            "Queries",
            name=workgroup_name(environment),
            database=database_name(environment),
            account=foundation.place.account,
            outputs_bucket=foundation.surroundings.outputs_bucket,
            key_arn=foundation.surroundings.key_arn,
            scan_limit_in_gb=environment.query.scan_limit_in_gb,
        )
        cdk.CfnOutput(self, "Workgroup", value=queries.name)
        cdk.CfnOutput(self, "Database", value=queries.database)
        return queries
