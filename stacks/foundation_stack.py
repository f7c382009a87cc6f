"""Network, key, buckets and audit trail: what changes rarely and holds the data."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from private_transform.access import (
    database_name,
    perimeter,
    role_path,
    workgroup_name,
)
from private_transform.audit_trail import AuditTrail
from private_transform.control_bucket import ControlBucket
from private_transform.data_bucket import DataBucket
from private_transform.data_key import DataKey
from private_transform.declaration import declaration
from private_transform.duty import Duty
from private_transform.encrypted_log_group import EncryptedLogGroup
from private_transform.environment import ENVIRONMENT_TAG, Environment
from private_transform.handlers.contract import JOB_LOG_GROUP
from private_transform.lock import (
    BucketKind,
    Buckets,
    Document,
    bucket_policy,
    duty_policies,
    endpoint_policy,
    key_policy,
    policy_digests,
)
from private_transform.log_bucket import LogBucket
from private_transform.operators import operator_policy
from private_transform.private_network import PrivateNetwork
from private_transform.query import RESULTS_PREFIX
from private_transform.requests import Surroundings
from private_transform.service_role import Place
from private_transform.tampering import Protection, Trail

_DAYS_OF_QUERY_RESULTS = 30
"""How long they are kept: they can be asked for again."""


class FoundationStack(cdk.Stack):
    """Network and buckets stand together: the policy of each names the other.

    Args:
        environment: The environment's files.
        synthesizer: How the stack is deployed.

    Attributes:
        key: The environment's key, by ARN.
        data: The data buckets by kind: models, inputs, outputs.
        control: The bucket of manifests and evidence.
        place: Where the environment is.
        arns: The ARNs of the buckets.
        policy_digests: SHA-256 of the policies of data buckets and endpoint.
        surroundings: What every transform's model and job are given.
        protection: What protects the data, for those who watch it.
        audit_log_group: Where the environment's own trail writes events, if it has one.
        upload_command: What a person runs to put models and inputs there.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            environment.stack_name("foundation"),
            env=cdk.Environment(account=environment.account, region=environment.region),
            synthesizer=synthesizer,
            tags=environment.stack_tags,
            termination_protection=environment.protection == "keep",
            description=f"Private batch transform {environment.name}: network and data",
        )
        self.template_options.metadata = {ENVIRONMENT_TAG: declaration(environment)}
        self._settings = environment
        self._role_path = role_path(environment)
        self.upload_command = (
            f"make upload ENVIRONMENT={environment.name} DATA=<folder>"
        )
        # These three are read once for all stacks: each reading of what a construct
        # has is a call to CDK's own process, and there are many transforms.
        self.place = Place(
            partition=self.partition,
            region=environment.region,
            account=environment.account,
        )
        self._perimeter = perimeter(environment, partition=self.place.partition)
        self._stateful = (
            cdk.RemovalPolicy.RETAIN
            if environment.protection == "keep"
            else cdk.RemovalPolicy.DESTROY
        )
        self.key = self._data_key().key
        self._key_arn = self.key.key_arn
        self._network = PrivateNetwork(
            self,
            "Network",
            name=environment.name,
            cidr=environment.network.cidr,
            subnets=environment.network.subnets,
            place=self.place,
            role_path=self._role_path,
            flow_log_group=self._log_group("FlowLogs", self._stateful),
            function_log_group=self._log_group("Functions", cdk.RemovalPolicy.DESTROY),
        )
        self._logs = LogBucket(
            self,
            "Logs",
            retention_in_days=environment.retention.logs_in_days,
            removal_policy=self._stateful,
        ).bucket
        self.control = self._control_bucket().bucket
        self.data: dict[BucketKind, s3.IBucket] = {
            "models": self._data_bucket("Models", "models"),
            "inputs": self._data_bucket("Inputs", "inputs"),
            "outputs": self._data_bucket("Outputs", "outputs"),
        }
        self.arns = Buckets(
            **{kind: bucket.bucket_arn for kind, bucket in self.data.items()},
            control=self.control.bucket_arn,
        )
        self._network.allow_only(endpoint_policy(self._perimeter, self.arns))
        self.policy_digests = policy_digests(
            self._perimeter, tuple(each.id for each in environment.trusted_endpoints)
        )
        self.surroundings = self._surroundings()
        self.audit_log_group = (
            self._audit_trail() if environment.audit == "own" else None
        )
        self.protection = self._protection()
        self._duties()
        self._outputs()

    def _data_key(self) -> DataKey:
        place = self.place
        named = self._settings.stack_name("*")
        return DataKey(
            self,
            "Key",
            policy=key_policy(
                self._perimeter,
                # Patterns of the names that CloudFormation will generate: the buckets
                # name the key, so the key cannot name the buckets.
                bucket_pattern=f"arn:{place.partition}:s3:::{self.stack_name}-*",
                log_groups=(
                    place.arn("logs", f"log-group:{named}"),
                    place.arn("logs", f"log-group:{JOB_LOG_GROUP}"),
                ),
                trails=(
                    (place.arn("cloudtrail", f"trail/{self._trail}"),)
                    if self._settings.audit == "own"
                    else ()
                ),
                topics=(place.arn("sns", named),),
                publishers=("cloudwatch.amazonaws.com",),
            ),
            alias=f"private-transform-{self._settings.name}",
            rotation_period_in_days=self._settings.key.rotation_period_in_days,
            pending_window_in_days=self._settings.key.pending_window_in_days,
            removal_policy=self._stateful,
        )

    @property
    def _trail(self) -> str:
        # A trail of all regions takes its name in every one of them.
        return f"{self._settings.stack_name('audit')}-{self.place.region}"

    def _log_group(
        self, construct_id: str, removal_policy: cdk.RemovalPolicy
    ) -> logs.ILogGroup:
        return EncryptedLogGroup(
            self,
            construct_id,
            key=self.key,
            retention_in_days=self._settings.retention.logs_in_days,
            removal_policy=removal_policy,
        ).log_group

    def _control_bucket(self) -> ControlBucket:
        return ControlBucket(
            self,
            "Control",
            key=self.key,
            logs_bucket=self._logs,
            noncurrent_versions_in_days=(
                self._settings.retention.noncurrent_versions_in_days
            ),
            removal_policy=self._stateful,
        )

    def _data_bucket(self, construct_id: str, kind: BucketKind) -> s3.IBucket:
        made = DataBucket(
            self,
            construct_id,
            key=self.key,
            logs_bucket=self._logs,
            noncurrent_versions_in_days=(
                self._settings.retention.noncurrent_versions_in_days
            ),
            removal_policy=self._stateful,
        )
        if kind == "outputs" and self._settings.query is not None:
            made.expire(RESULTS_PREFIX, days=_DAYS_OF_QUERY_RESULTS)
        made.lock(
            bucket_policy(
                self._perimeter,
                kind,
                made.bucket.bucket_arn,
                endpoint_ids=(
                    self._network.endpoint_id,
                    *(trusted.id for trusted in self._settings.trusted_endpoints),
                ),
                key_arn=self._key_arn,
            )
        )
        return made.bucket

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            models_bucket=self.data["models"].bucket_name,
            inputs_bucket=self.data["inputs"].bucket_name,
            outputs_bucket=self.data["outputs"].bucket_name,
            key_arn=self._key_arn,
            subnets=self._network.subnet_ids,
            container_group=self._network.container_group,
            peers_group=self._network.peers_group,
        )

    def _protection(self) -> Protection:
        network = self._network
        buckets = (*self.data.values(), self.control, self._logs)
        trail = Trail(
            name=self._trail, arn=self.place.arn("cloudtrail", f"trail/{self._trail}")
        )
        return Protection(
            buckets=[each.bucket_name for each in buckets],
            key=self._key_arn,
            vpc=network.vpc_id,
            subnets=network.subnet_ids,
            route_table=network.route_table,
            associations=network.associations,
            endpoint=network.endpoint_id,
            groups=[network.container_group, network.peers_group],
            flow_log=network.flow_log,
            trail=trail if self._settings.audit == "own" else None,
        )

    def _audit_trail(self) -> logs.ILogGroup:
        log_group = self._log_group("AuditLogs", self._stateful)
        AuditTrail(
            self,
            "Audit",
            trail_name=self._trail,
            place=self.place,
            role_path=self._role_path,
            key=self.key,
            logs_bucket=self._logs,
            log_group=log_group,
            data_buckets=list(self.data.values()),
        )
        return log_group

    def _duties(self) -> None:
        people = self._settings.people
        policies: dict[str, Mapping[str, Any]] = {
            **self._duties_about_data(),
            "operators": operator_policy(self._settings.name, self.place),
        }
        for construct_id, duty, members in (
            ("Uploaders", "uploaders", people.uploaders),
            ("Readers", "readers", people.readers),
            ("Analysts", "analysts", people.analysts),
            ("Operators", "operators", people.operators),
            ("KeyAdministrators", "key_administrators", people.key_administrators),
            ("BreakGlass", "break_glass", people.break_glass),
        ):
            if not members:
                continue
            made = Duty(
                self,
                construct_id,
                policy=policies[duty],
                role_arns=[person.role for person in members],
                path=self._role_path,
            )
            cdk.CfnOutput(self, f"{construct_id}Policy", value=made.policy_arn)

    def _duties_about_data(self) -> dict[str, Document]:
        place, database = self.place, database_name(self._settings)
        return duty_policies(
            self.arns,
            logs=self._logs.bucket_arn,
            key_arn=self._key_arn,
            region=place.region,
            workgroup=place.arn(
                "athena", f"workgroup/{workgroup_name(self._settings)}"
            ),
            catalogue=[
                place.arn("glue", part)
                for part in ("catalog", f"database/{database}", f"table/{database}/*")
            ],
            query_prefix=self._perimeter.query_prefix,
        )

    def _outputs(self) -> None:
        for name, value in {
            "ModelsBucket": self.surroundings.models_bucket,
            "InputsBucket": self.surroundings.inputs_bucket,
            "OutputsBucket": self.surroundings.outputs_bucket,
            "ControlBucket": self.control.bucket_name,
            "LogsBucket": self._logs.bucket_name,
            "EndpointId": self._network.endpoint_id,
            "VpcId": self._network.vpc_id,
            "KeyArn": self._key_arn,
            "UploadCommand": self.upload_command,
        }.items():
            cdk.CfnOutput(self, name, value=value)
