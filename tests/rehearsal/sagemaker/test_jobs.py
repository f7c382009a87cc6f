import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.embedded.scope import Scope
from rehearsal.engine import Location
from rehearsal.sagemaker.status import JobStatus
from rehearsal.sagemaker.store import JobRecord
from tests.rehearsal.sagemaker.fakes import HERE, ROLE
from tests.rehearsal.sagemaker.rehearsed import RehearsedSageMaker, code_and_message

ARN = "arn:aws:sagemaker:us-east-1:123456789012:transform-job/echo-1"
LOG_GROUP = "/aws/sagemaker/TransformJobs"
CSV = "text/csv"


def refused(sagemaker: RehearsedSageMaker, **changes: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        sagemaker.create_job(**changes)
    return code_and_message(raised.value)


def statuses(sagemaker: RehearsedSageMaker) -> list[str]:
    return [event["TransformJobStatus"] for event in sagemaker.platform.events]


def test_a_job_runs_and_completes(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()

    job = sagemaker.run()

    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformJobArn"] == ARN
    assert job["CreationTime"] < job["TransformStartTime"] < job["TransformEndTime"]
    assert "FailureReason" not in job
    objects = sagemaker.platform.inside.objects
    assert objects[Location("outputs", "out/a.txt.out")] == b"a"


def test_what_a_job_leaves_open_is_described_with_sagemakers_choice(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()

    job = sagemaker.run()

    assert job["TransformInput"]["SplitType"] == "None"
    assert job["TransformInput"]["CompressionType"] == "None"
    assert job["TransformOutput"]["AssembleWith"] == "None"
    assert job["DataProcessing"] == {
        "InputFilter": "$",
        "OutputFilter": "$",
        "JoinSource": "None",
    }


def test_each_status_is_announced_with_the_documented_detail(
    sagemaker: RehearsedSageMaker,
) -> None:
    # AWS: Events That Amazon SageMaker Sends to Amazon EventBridge.
    sagemaker.create_model()
    sagemaker.run(Tags=[{"Key": "team", "Value": "vision"}], Environment={"A": "b"})

    first, last = sagemaker.platform.events
    assert first["TransformJobStatus"] == "InProgress"
    assert set(last) == {
        "TransformJobName",
        "TransformJobArn",
        "TransformJobStatus",
        "ModelName",
        "Environment",
        "TransformInput",
        "TransformOutput",
        "TransformResources",
        "CreationTime",
        "TransformStartTime",
        "TransformEndTime",
        "Tags",
    }
    assert last["TransformJobStatus"] == "Completed"
    assert last["Tags"] == {"team": "vision"}
    assert last["CreationTime"] > 1_000_000_000_000
    assert sagemaker.platform.resources == [ARN, ARN]
    json.dumps(last)


def test_the_words_of_a_job_go_to_its_log_streams(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.run()

    streams = sorted(sagemaker.platform.logs)
    assert [group for group, _ in streams] == [LOG_GROUP, LOG_GROUP]
    assert all(stream.startswith("echo-1/i-") for _, stream in streams)
    assert streams[1][1] == f"{streams[0][1]}/data-log"
    assert sagemaker.platform.logs[streams[0]] == ["the model is loaded"]


def test_a_role_that_may_not_write_logs_leaves_none(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.platform.denied.add((ROLE, "logs:PutLogEvents"))

    assert sagemaker.run()["TransformJobStatus"] == "Completed"
    assert sagemaker.platform.logs == {}


def test_a_log_group_that_is_not_there_must_be_made_by_the_role(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    platform = sagemaker.platform
    platform.denied.add((ROLE, "logs:CreateLogGroup"))

    sagemaker.run()
    assert platform.logs != {}
    assert platform.resources_of(ROLE, "logs:CreateLogGroup") == []

    platform.logs.clear()
    platform.log_groups.clear()
    sagemaker.create_job("echo-2")
    assert sagemaker.wait("echo-2")["TransformJobStatus"] == "Completed"
    assert platform.logs == {}
    assert platform.resources_of(ROLE, "logs:CreateLogGroup") == [
        f"arn:aws:logs:us-east-1:123456789012:log-group:{LOG_GROUP}"
    ]


def test_a_failed_job_says_why_everywhere(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    objects = sagemaker.platform.outside.objects
    objects[Location("inputs", "in/b.txt")] = b"status 400"

    job = sagemaker.run()

    [row] = sagemaker.client.list_transform_jobs()["TransformJobSummaries"]
    reason = (
        "ClientError: inputs/in/b.txt: Bad HTTP status received from algorithm: 400. "
        "See job logs for more information."
    )
    assert job["TransformJobStatus"] == row["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == row["FailureReason"] == reason
    assert sagemaker.platform.events[-1]["FailureReason"] == reason
    assert Location("outputs", "out/a.txt.out") in objects


def test_a_job_that_ends_while_it_is_described_is_described_whole(
    sagemaker: RehearsedSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker.create_model()
    objects = sagemaker.platform.outside.objects
    objects[Location("inputs", "in/a.txt")] = b"hang"
    sagemaker.create_job()
    job = sagemaker.service.jobs.store.get(HERE, "echo-1")
    assert job is not None

    def end(job: JobRecord) -> float:
        job.ended, job.failure_reason = 2.0, "ClientError: it failed"
        job.advance(JobStatus.FAILED, 2.0)
        return 1.0

    monkeypatch.setattr(JobRecord, "started", property(end, lambda *_: None))
    described = sagemaker.client.describe_transform_job(TransformJobName="echo-1")

    ended = described["TransformJobStatus"] == "Failed"
    assert ("FailureReason" in described) == ended
    assert ("TransformEndTime" in described) == ended


def test_a_job_of_a_model_in_a_network_uses_its_endpoint(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    outside = sagemaker.platform.outside
    outside.refused = {
        Location("models", ""): "outside",
        Location("outputs", ""): "outside",
    }

    assert sagemaker.run()["TransformJobStatus"] == "Completed"


def test_a_job_of_a_model_without_a_network_comes_from_outside(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.client.create_model(
        ModelName="Echo", PrimaryContainer=sagemaker.container, ExecutionRoleArn=ROLE
    )
    sagemaker.platform.outside.refused[Location("models", "")] = "outside"

    job = sagemaker.run()

    assert job["TransformJobStatus"] == "Failed"
    assert "outside" in job["FailureReason"]


def test_a_network_without_a_way_to_s3_fails_the_job(
    sagemaker: RehearsedSageMaker,
) -> None:
    # AWS: Give Batch Transform Jobs Access to Resources in Your Amazon VPC.
    sagemaker.create_model()
    sagemaker.platform.endpoint = None

    job = sagemaker.run()

    assert job["FailureReason"].startswith(
        "ClientError: Please ensure that the subnet's route table has a route to an S3 "
        "VPC endpoint or a NAT device"
    )


def test_a_subnet_that_is_gone_fails_the_job(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    sagemaker.platform.vpcs.clear()

    assert "'subnet-1' does not exist" in sagemaker.run()["FailureReason"]


@pytest.mark.parametrize(
    "action",
    [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "kms:CreateGrant",
    ],
)
def test_a_role_without_what_an_instance_needs_fails_the_job(
    sagemaker: RehearsedSageMaker, action: str
) -> None:
    # AWS: How to use SageMaker execution roles, CreateModel API.
    sagemaker.create_model()
    sagemaker.platform.denied.add((ROLE, action))
    resources = {**sagemaker.job["TransformResources"], "VolumeKmsKeyId": "key-1"}

    job = sagemaker.run(TransformResources=resources)

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"ClientError: User: {ROLE} is not authorized to perform: {action}"
    )


def test_the_volume_key_is_granted_for_an_aws_resource(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    resources = {**sagemaker.job["TransformResources"], "VolumeKmsKeyId": "key-1"}
    sagemaker.run(TransformResources=resources)

    assert sagemaker.platform.conditions_of(ROLE, "kms:CreateGrant") == {
        "kms:GrantIsForAWSResource": "true"
    }


def test_a_name_is_used_up_for_ever(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    sagemaker.run()

    assert refused(sagemaker) == (
        "ResourceInUse",
        "Job name must be unique within an AWS account and region, and a job with this "
        f"name already exists ({ARN})",
    )


def test_jobs_are_seen_in_their_own_account_and_region(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.run()
    sagemaker.platform.where = Scope(account="999999999999", region="us-east-1")

    assert sagemaker.client.list_transform_jobs()["TransformJobSummaries"] == []


def test_a_job_needs_a_model(sagemaker: RehearsedSageMaker) -> None:
    assert refused(sagemaker) == (
        "ValidationException",
        'Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model/echo".',
    )


@pytest.mark.parametrize("breakage", ["no objects", "no permission"])
def test_a_job_needs_inputs_that_the_role_can_list(
    sagemaker: RehearsedSageMaker, breakage: str
) -> None:
    sagemaker.create_model()
    if breakage == "no objects":
        del sagemaker.platform.outside.objects[Location("inputs", "in/a.txt")]
    else:
        sagemaker.platform.outside.refused[Location("inputs", "")] = "AccessDenied"

    assert refused(sagemaker) == (
        "ValidationException",
        'No S3 objects found under S3 URL "s3://inputs/in/" given in input data '
        "source. Please ensure that the bucket exists in the selected region "
        "(us-east-1), that objects exist under that S3 prefix, and that the role "
        f'"{ROLE}" has "s3:ListBucket" permissions on bucket "inputs".',
    )


def test_a_job_needs_a_role_that_trusts_sagemaker_for_it(
    sagemaker: RehearsedSageMaker,
) -> None:
    sagemaker.create_model()
    sagemaker.platform.mistrusted.add(ARN)

    assert refused(sagemaker) == (
        "ValidationException",
        f"Could not assume role {ROLE}. Please ensure that the role exists and allows "
        "principal 'sagemaker.amazonaws.com' to assume the role.",
    )


def test_a_role_that_is_lost_before_the_job_runs_fails_it(
    sagemaker: RehearsedSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker.create_model()
    platform = sagemaker.platform
    emit = platform.emit

    def emit_and_lose(kind: str, resource: str, detail: Mapping[str, Any]) -> None:
        emit(kind, resource, detail)
        platform.mistrusted.add(ARN)

    monkeypatch.setattr(platform, "emit", emit_and_lose)

    job = sagemaker.run()

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"ClientError: SageMaker was unable to assume the role '{ROLE}'."
    )


def test_a_quota_bounds_the_instances_of_running_jobs(
    sagemaker: RehearsedSageMaker,
) -> None:
    # AWS: Amazon SageMaker endpoints and quotas.
    sagemaker.create_model()

    code, message = refused(
        sagemaker,
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 6},
    )

    assert code == "ResourceLimitExceeded"
    assert message.startswith(
        "The account-level service limit 'ml.m5.large for transform job usage' is 5 "
        "Instances, with current utilization of 0 Instances and a request delta of 6"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"MaxConcurrentTransforms": 11, "MaxPayloadInMB": 10},
            "must not exceed 100 MB, got 11 x 10 = 110",
        ),
        ({"MaxConcurrentTransforms": 17}, "must not exceed 100 MB, got 17 x 6 = 102"),
        ({"MaxPayloadInMB": 101}, "MaxPayloadInMB must not exceed 100"),
        (
            {"TransformResources": {"InstanceType": "ml.t3.large", "InstanceCount": 1}},
            "'transformResources.instanceType' failed to satisfy constraint: Member "
            "must satisfy enum value set",
        ),
        (
            {
                "TransformResources": {
                    "InstanceType": "ml.g5.xlarge",
                    "InstanceCount": 1,
                    "VolumeKmsKeyId": "key-1",
                }
            },
            "VolumeKmsKeyId cannot be requested for ml.g5.xlarge",
        ),
        (
            {
                "TransformResources": {
                    "InstanceType": "ml.m5.large",
                    "InstanceCount": 101,
                }
            },
            "InstanceCount must not exceed 100",
        ),
        (
            {
                "TransformInput": {
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "AugmentedManifestFile",
                            "S3Uri": "s3://inputs/in/",
                        }
                    }
                }
            },
            "AugmentedManifestFile is not supported for transform jobs",
        ),
        (
            {"TransformInput": {"DataSource": {}}},
            "Value null at 'transformInput.dataSource.s3DataSource' failed",
        ),
        (
            {"ModelClientConfig": {"InvocationsMaxRetries": 4}},
            "'modelClientConfig.invocationsMaxRetries' failed to satisfy constraint: "
            "Member must have value less than or equal to 3",
        ),
        (
            {"ModelClientConfig": {"InvocationsTimeoutInSeconds": 0}},
            "Member must have value greater than or equal to 1",
        ),
        (
            {"Environment": {f"K{n}": "" for n in range(17)}},
            "Member must have length less than or equal to 16",
        ),
        ({"TransformJobName": "-a"}, "regular expression pattern"),
        ({"TransformJobName": None}, "Value null at 'transformJobName' failed"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(
    sagemaker: RehearsedSageMaker, changes: dict[str, Any], said: str
) -> None:
    # AWS: CreateTransformJob; TransformResources; S3DataSource; ModelClientConfig.
    sagemaker.create_model()

    status, answer = sagemaker.send(
        "CreateTransformJob", **{**sagemaker.job, **changes}
    )

    assert status == 400
    assert answer["__type"] == "ValidationException"
    assert said in answer["message"]


@pytest.mark.parametrize(
    ("source", "output", "said"),
    [
        (
            {"ContentType": CSV},
            {"Accept": "application/json"},
            "ContentType and Accept must be equal",
        ),
        (
            {"ContentType": CSV, "SplitType": "Line"},
            {"Accept": CSV},
            "SplitType and AssembleWith must be equal",
        ),
        (
            {"ContentType": "image/jpeg"},
            {"Accept": "image/jpeg"},
            "ContentType must be one of text/csv",
        ),
    ],
)
def test_a_join_needs_data_that_can_be_joined(
    sagemaker: RehearsedSageMaker,
    source: dict[str, str],
    output: dict[str, str],
    said: str,
) -> None:
    # AWS: Associate Prediction Results with Input Records.
    sagemaker.create_model()

    code, message = refused(
        sagemaker,
        DataProcessing={"JoinSource": "Input"},
        TransformInput={**sagemaker.job["TransformInput"], **source},
        TransformOutput={**sagemaker.job["TransformOutput"], **output},
    )

    assert code == "ValidationException"
    assert said in message


def test_a_model_with_a_data_source_is_not_for_transform(
    sagemaker: RehearsedSageMaker,
) -> None:
    # AWS: ContainerDefinition, ModelDataSource.
    data = {"S3Uri": "s3://models/x/", "S3DataType": "S3Prefix"}
    sagemaker.create_model(
        PrimaryContainer={
            "Image": sagemaker.container["Image"],
            "ModelDataSource": {"S3DataSource": {**data, "CompressionType": "None"}},
        }
    )

    assert "ModelDataSource is not supported" in refused(sagemaker)[1]


def test_a_stopped_job_passes_through_stopping(sagemaker: RehearsedSageMaker) -> None:
    # AWS: StopTransformJob.
    sagemaker.create_model()
    objects = sagemaker.platform.outside.objects
    objects[Location("inputs", "in/a.txt")] = b"hang"

    sagemaker.create_job()
    sagemaker.client.stop_transform_job(TransformJobName="echo-1")
    job = sagemaker.wait()

    assert job["TransformJobStatus"] == "Stopped"
    assert "FailureReason" not in job
    assert statuses(sagemaker) == ["InProgress", "Stopping", "Stopped"]
    assert not [location for location in objects if location.bucket == "outputs"]


def test_a_stop_that_comes_too_late_still_ends_as_stopped(
    sagemaker: RehearsedSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AWS: DescribeTransformJob, TransformJobStatus: only Stopped follows Stopping.
    emit = sagemaker.platform.emit

    def emit_and_wait(kind: str, resource: str, detail: Mapping[str, Any]) -> None:
        emit(kind, resource, detail)
        if detail["TransformJobStatus"] == "Stopping":
            sagemaker.wait()

    monkeypatch.setattr(sagemaker.platform, "emit", emit_and_wait)
    sagemaker.create_model()
    objects = sagemaker.platform.outside.objects
    objects[Location("inputs", "in/a.txt")] = b"slow"

    sagemaker.create_job()
    sagemaker.client.stop_transform_job(TransformJobName="echo-1")

    assert sagemaker.wait()["TransformJobStatus"] == "Stopped"
    assert statuses(sagemaker) == ["InProgress", "Stopping", "Stopped"]


def test_a_job_that_has_ended_cannot_be_stopped(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    sagemaker.run()

    with pytest.raises(ClientError) as raised:
        sagemaker.client.stop_transform_job(TransformJobName="echo-1")

    assert code_and_message(raised.value) == (
        "ValidationException",
        "The request was rejected because the transform job is in status Completed.",
    )


@pytest.mark.parametrize("operation", ["describe", "stop"])
def test_a_job_that_never_was_is_not_found(
    sagemaker: RehearsedSageMaker, operation: str
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(sagemaker.client, f"{operation}_transform_job")(TransformJobName="x")

    assert code_and_message(raised.value) == (
        "ValidationException",
        "Could not find requested job with name: x",
    )


def test_a_model_may_go_while_its_job_runs(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    sagemaker.create_job()
    sagemaker.client.delete_model(ModelName="Echo")

    assert sagemaker.wait()["TransformJobStatus"] == "Completed"


def test_lists_are_filtered_by_status_and_time(sagemaker: RehearsedSageMaker) -> None:
    sagemaker.create_model()
    objects = sagemaker.platform.outside.objects
    for name in ("good-1", "bad-1"):
        objects[Location("inputs", "in/a.txt")] = (
            b"status 400" if name.startswith("bad") else b"a"
        )
        sagemaker.create_job(name)
        sagemaker.wait(name)
    ended = sagemaker.service.jobs.store.get(HERE, "good-1")
    assert ended is not None

    def names(**filters: Any) -> list[str]:
        rows = sagemaker.client.list_transform_jobs(**filters)["TransformJobSummaries"]
        return [row["TransformJobName"] for row in rows]

    assert names() == ["bad-1", "good-1"]
    assert names(StatusEquals="Failed") == ["bad-1"]
    assert names(NameContains="good") == ["good-1"]
    assert names(SortBy="Status", SortOrder="Ascending") == ["good-1", "bad-1"]
    assert names(LastModifiedTimeBefore=ended.modified) == ["good-1"]


def test_an_operation_of_another_part_of_sagemaker_is_unknown(
    sagemaker: RehearsedSageMaker,
) -> None:
    status, answer = sagemaker.send("CreateEndpoint")

    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_a_fault_of_the_rehearsal_ends_the_job(
    sagemaker: RehearsedSageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    sagemaker.create_model()
    monkeypatch.setattr(sagemaker.platform, "vpc_of", broken)

    assert sagemaker.run()["FailureReason"] == (
        "InternalServerError: We encountered an internal error. Please try again."
    )
