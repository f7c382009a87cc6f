"""What each kind of role is meant to do, as conditions on a request at any ARN.

Each of them is a value, so that what was proved of one is known of its equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import z3

from private_transform.environment import ENVIRONMENT_TAG
from private_transform.handlers.contract import ARRIVALS, OUTCOMES, SHARDS
from private_transform.lock.buckets import ATHENA
from review.proof.formulas import FALSE, TRUE, Formula, Text, all_of, any_of, literal
from review.proof.patterns import arn_like
from review.proof.request import Request
from review.site import Site
from review.transforms import DeclaredTransform

from .at_bucket import FETCH, LIST, READ, WRITE


class Meant(Protocol):
    """When an action at an ARN is meant."""

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""

    def __hash__(self) -> int:
        """Equal ones mean the same."""


@dataclass(frozen=True, slots=True)
class DataOfAJob:
    """A transform's job reads and writes below the prefixes that its file names.

    Args:
        site: The environment.
        transform: None where no file declares it: then nothing is meant.
    """

    site: Site
    transform: DeclaredTransform | None

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        buckets, transform = self.site.buckets, self.transform
        if transform is None:
            return FALSE
        if action == "s3:ListBucket":
            within = any_of(
                z3.PrefixOf(literal(prefix), request.value("s3:prefix"))
                for prefix in transform.inputs
            )
            inputs = all_of([arn == literal(buckets.inputs), within])
            lists = literal(f"manifests/{transform.name}/")
            manifests = all_of(
                [
                    arn == literal(buckets.control),
                    z3.PrefixOf(lists, request.value("s3:prefix")),
                ]
            )
            return all_of([request.present("s3:prefix"), any_of([inputs, manifests])])
        if action == "s3:GetObject":
            below = [f"{buckets.inputs}/{prefix}" for prefix in transform.inputs]
            below.append(f"{buckets.control}/manifests/{transform.name}/")
            exact = [self._artifact(url) for url in transform.artifacts]
            return any_of(
                [
                    *(z3.PrefixOf(literal(each), arn) for each in below),
                    *(arn == literal(each) for each in exact),
                ]
            )
        if action in WRITE:
            return any_of(
                z3.PrefixOf(literal(f"{buckets.outputs}/{prefix}"), arn)
                for prefix in transform.outputs
            )
        return FALSE

    def _artifact(self, url: str) -> str:
        if url.startswith("s3://"):
            partition = self.site.perimeter.partition
            return f"arn:{partition}:s3:::{url.removeprefix('s3://')}"
        return f"{self.site.buckets.models}/{url}"


@dataclass(frozen=True, slots=True)
class KeyOfAJob:
    """A job encrypts with our key and lends it to AWS.

    Args:
        site: The environment.
        sources: Keys of other accounts' artifacts, which it reads through S3.
    """

    site: Site
    sources: tuple[str, ...]

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        ours = arn == literal(self.site.key_arn)
        if action in _JOB_ENCRYPTS:
            through_s3 = request.equals("kms:ViaService", self.site.service("s3"))
            of_sources = any_of(arn == literal(key) for key in self.sources)
            lent = all_of([of_sources, through_s3]) if action == _DECRYPT else FALSE
            return any_of([ours, lent])
        if action == "kms:CreateGrant":
            return all_of(
                [
                    ours,
                    request.present("kms:GrantIsForAWSResource"),
                    request.value("kms:GrantIsForAWSResource"),
                ]
            )
        return FALSE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOfAJob:
    """A job has its place in the network, its image and its logs.

    Args:
        subnets: ARNs of the environment's subnets.
        groups: ARNs of its security groups.
        interfaces: What ARNs of network interfaces begin with.
        repositories: ARNs of where the images of its model are.
        logs: What ARNs of the log streams of jobs begin with.
        namespace: Of the metrics of jobs.
    """

    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    interfaces: str
    repositories: tuple[str, ...]
    logs: str
    namespace: str

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        service, _, name = action.partition(":")
        interface = z3.PrefixOf(literal(self.interfaces), arn)
        if name == "CreateNetworkInterface":
            ours = (*self.subnets, *self.groups)
            return any_of([interface, *(arn == literal(each) for each in ours)])
        if "NetworkInterface" in name and not name.startswith("Describe"):
            return all_of([interface, request.among("ec2:Subnet", self.subnets)])
        if service == "logs":
            whole = arn == literal(self.logs.removesuffix(":"))
            return any_of([whole, z3.PrefixOf(literal(self.logs), arn)])
        if service == "cloudwatch":
            return request.equals("cloudwatch:namespace", self.namespace)
        if service == "ecr" and name != "GetAuthorizationToken":
            return any_of(arn == literal(each) for each in self.repositories)
        return TRUE


@dataclass(frozen=True, slots=True)
class DataOfAFunction:
    """A function keeps notes in the control bucket, and sees what is elsewhere."""

    site: Site

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        buckets = self.site.buckets
        # The version of a list that began a run, whatever is there since.
        if action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"):
            return z3.PrefixOf(literal(f"{buckets.control}/"), arn)
        if action in ("s3:ListBucket", "s3:ListBucketVersions"):
            ours = (*buckets.data, buckets.control)
            return any_of(arn == literal(bucket) for bucket in ours)
        return FALSE


@dataclass(frozen=True, slots=True)
class KeyOfAFunction:
    """A function uses our key where S3 or SNS does for it."""

    site: Site

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        if action not in (_DECRYPT, "kms:GenerateDataKey"):
            return FALSE
        through = [self.site.service("s3"), self.site.service("sns")]
        ours = arn == literal(self.site.key_arn)
        return all_of([ours, request.among("kms:ViaService", through)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Launching:
    """The launcher makes models in our network and jobs of them under our key.

    Args:
        site: The environment.
        name: Its name: what models and jobs begin with.
        subnets: Ids of its subnets.
        groups: Ids of its security groups.
        packages: ARNs of model packages that its transforms name.
    """

    site: Site
    name: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    packages: tuple[str, ...]

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        if action == "iam:PassRole":
            return all_of(
                [
                    arn_like(arn, self.site.perimeter.execution_roles),
                    request.equals("iam:PassedToService", "sagemaker.amazonaws.com"),
                ]
            )
        if action == "sagemaker:CreateModel":
            return self._models(request, arn)
        if action == "sagemaker:CreateTransformJob":
            return self._jobs(request, arn)
        if action in _ENDS:
            tag = f"aws:ResourceTag/{ENVIRONMENT_TAG}"
            ours = z3.PrefixOf(literal(self._called(_ENDS[action])), arn)
            return all_of([ours, request.equals(tag, self.name)])
        return FALSE

    def _models(self, request: Request, arn: Text) -> Formula:
        isolated = all_of(
            [
                request.present("sagemaker:NetworkIsolation"),
                request.value("sagemaker:NetworkIsolation"),
            ]
        )
        placed = [
            all_of([request.present(key), z3.Not(request.contains_beside(key, values))])
            for key, values in (
                ("sagemaker:VpcSubnets", self.subnets),
                ("sagemaker:VpcSecurityGroupIds", self.groups),
            )
        ]
        # A package of the registry carries no network: its model's name does.
        package = any_of(arn == literal(name) for name in self.packages)
        ours = z3.PrefixOf(literal(self._called("model")), arn)
        return any_of([package, all_of([ours, isolated, *placed])])

    def _jobs(self, request: Request, arn: Text) -> Formula:
        key, volumes = self.site.key_arn, "sagemaker:VolumeKmsKeyArn"
        model = request.value("sagemaker:ModelArn")
        return all_of(
            [
                z3.PrefixOf(literal(self._called("transform-job")), arn),
                request.equals("sagemaker:OutputKmsKeyArn", key),
                # Instances with disks of their own take none.
                any_of(
                    [z3.Not(request.present(volumes)), request.equals(volumes, key)]
                ),
                request.present("sagemaker:ModelArn"),
                z3.PrefixOf(literal(self._called("model")), model),
            ]
        )

    def _called(self, kind: str) -> str:
        place = self.site.perimeter
        of_account = f"{place.region}:{place.account}"
        return f"arn:{place.partition}:sagemaker:{of_account}:{kind}/{self.name}-"


@dataclass(frozen=True, slots=True)
class AtOurs:
    """A function calls on resources of these templates.

    Args:
        arns: Their ARNs; a version or an alias of one begins so.
    """

    arns: tuple[str, ...]

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        versions = (z3.PrefixOf(literal(f"{each}:"), arn) for each in self.arns)
        return any_of([*(arn == literal(each) for each in self.arns), *versions])


@dataclass(frozen=True, slots=True)
class DataOfADuty:
    """People with a declared duty see the buckets that it is about.

    Args:
        site: The environment.
        logs: ARN of the log bucket.
        duty: The duty.
    """

    site: Site
    logs: str
    duty: str

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        buckets = self.site.buckets
        if self.duty == "analysts":
            return self._through_athena(request, arn, action)
        reach: dict[str, tuple[Sequence[str], set[str]]] = {
            "uploaders": ((buckets.models, buckets.inputs), WRITE),
            "readers": ((buckets.outputs,), FETCH),
            "break_glass": ((*buckets.data, buckets.control, self.logs), READ),
            "key_administrators": ((), set()),
            "operators": ((), set()),
        }
        there, does = reach[self.duty]
        if action in does:
            below = [f"{bucket}/" for bucket in there]
            if self.duty == "uploaders" and action == "s3:PutObject":
                below += [f"{buckets.control}/{each}" for each in (ARRIVALS, SHARDS)]
            return any_of(z3.PrefixOf(literal(each), arn) for each in below)
        if action in LIST | {"s3:GetBucketLocation"}:
            return any_of(arn == literal(bucket) for bucket in there)
        return FALSE

    def _through_athena(self, request: Request, arn: Text, action: str) -> Formula:
        """Analysts see results, and how runs ended, where Athena asks for them."""
        outputs, control = self.site.buckets.outputs, self.site.buckets.control
        outcomes = f"{control}/{OUTCOMES}"
        if action in FETCH:
            places = (f"{outputs}/", outcomes)
            meant = any_of(z3.PrefixOf(literal(each), arn) for each in places)
        elif action in WRITE:
            results = f"{outputs}/{self.site.perimeter.query_prefix}"
            meant = z3.PrefixOf(literal(results), arn)
        elif action == "s3:GetBucketLocation":
            meant = any_of([arn == literal(outputs), arn == literal(control)])
        elif action in LIST:
            prefix = request.value("s3:prefix")
            named = z3.PrefixOf(literal(OUTCOMES), prefix)
            of_outcomes = all_of([request.present("s3:prefix"), named])
            meant = any_of(
                [
                    arn == literal(outputs),
                    all_of([arn == literal(control), of_outcomes]),
                ]
            )
        else:
            return FALSE
        return all_of([meant, request.contains("aws:CalledVia", ATHENA)])


@dataclass(frozen=True, slots=True)
class CallsOfADuty:
    """Analysts query in the environment's workgroup, and operators see to its runs.

    Args:
        site: The environment.
        name: Its name.
        duty: The duty.
    """

    site: Site
    name: str
    duty: str

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        if action in _SHOWN.get(self.duty, ()):
            return TRUE
        return any_of(
            arn_like(arn, self._arn(*pattern.split(":", 1)))
            for actions, patterns in _CALLS.get(self.duty, ())
            if action in actions
            for pattern in patterns
        )

    def _arn(self, service: str, resource: str) -> str:
        of, named = self.site.perimeter, resource.replace("NAME", self.name)
        return f"arn:{of.partition}:{service}:{of.region}:{of.account}:{named}"


@dataclass(frozen=True, slots=True)
class KeyOfADuty:
    """Administrators never use the key, and others only through S3.

    Args:
        site: The environment.
        duty: The duty.
    """

    site: Site
    duty: str

    def __call__(self, request: Request, arn: Text, action: str, /) -> Formula:
        """The requests that are meant."""
        ours = arn == literal(self.site.key_arn)
        if self.duty == "key_administrators":
            used = action.removeprefix("kms:") in _CRYPTOGRAPHY
            return FALSE if used or action == "kms:CreateGrant" else ours
        through_s3 = request.equals("kms:ViaService", self.site.service("s3"))
        writes = {"kms:GenerateDataKey"} if self.duty in _WRITERS else set()
        return all_of([ours, through_s3]) if action in {_DECRYPT} | writes else FALSE


_WRITERS = ("uploaders", "analysts")
"""Duties that leave objects; an analyst's are the results of queries."""

_CALLS: dict[str, tuple[tuple[set[str], tuple[str, ...]], ...]] = {
    "analysts": (
        (
            {
                "athena:BatchGetNamedQuery",
                "athena:BatchGetQueryExecution",
                "athena:GetNamedQuery",
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:GetQueryResultsStream",
                "athena:GetQueryRuntimeStatistics",
                "athena:GetWorkGroup",
                "athena:ListNamedQueries",
                "athena:ListQueryExecutions",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            },
            ("athena:workgroup/private-transform-NAME",),
        ),
        (
            {
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetTable",
                "glue:GetTables",
            },
            (
                "glue:catalog",
                "glue:database/private_transform_NAME",
                "glue:table/private_transform_NAME/*",
            ),
        ),
    ),
    "operators": (
        (
            {
                "states:DescribeExecution",
                "states:DescribeStateMachine",
                "states:GetExecutionHistory",
                "states:ListExecutions",
                "states:StartExecution",
                "states:StopExecution",
            },
            ("states:stateMachine:NAME-*", "states:execution:NAME-*"),
        ),
        (
            {"sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"},
            ("sagemaker:transform-job/NAME-*",),
        ),
        (
            {
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:StartQuery",
            },
            ("logs:log-group:/aws/sagemaker/TransformJobs*",),
        ),
    ),
}
"""What each duty may call, and for which resources, NAME being the environment's."""

_SHOWN = {
    "analysts": {"athena:ListWorkGroups"},
    "operators": {
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetDashboard",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListDashboards",
        "cloudwatch:ListMetrics",
        "logs:DescribeLogGroups",
        "logs:DescribeQueryDefinitions",
        "logs:GetQueryResults",
        "logs:StopQuery",
        "sagemaker:ListTransformJobs",
        "states:ListStateMachines",
    },
}
"""What knows no resources, and shows names and numbers."""

_ENDS = {
    "sagemaker:DeleteModel": "model",
    "sagemaker:StopTransformJob": "transform-job",
}
"""What ends models and jobs, and whose ARNs it is about."""

_DECRYPT = "kms:Decrypt"
_JOB_ENCRYPTS = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
_CRYPTOGRAPHY = {
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "VerifyMac",
}
