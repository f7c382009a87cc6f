"""A model's artifact lies with another account, below a place that the file names."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT
from tests.deployed.place import (
    Place,
    today,
    transform,
    write_artifact,
    write_input,
)

pytestmark = pytest.mark.slow

REGISTRY = "210987654321"
BUCKET = "company-models"
RELEASED = "released/echo/model.tar.gz"
DRAFT = "drafts/echo/model.tar.gz"
PATH = "/private-transform/elsewhere-us-east-1"


@dataclass(frozen=True)
class Elsewhere:
    """An environment whose artifacts come from another account's bucket."""

    place: Place
    source: dict[str, str]

    def write(self, key: str) -> None:
        """Let the transform `echo` take its artifact from a key of that bucket."""
        body = transform("echo")
        body["model"]["primary_container"]["model_data_url"] = f"s3://{BUCKET}/{key}"
        self.place.write("elsewhere", {"echo": body}, artifact_sources=[self.source])

    def s3(self, role: str, *, inside: bool) -> Any:
        company = self.place.company("elsewhere")
        endpoint = company.outputs("foundation")["EndpointId"]
        through = endpoint if inside else None
        return company.client("s3", role=role, through=through)


def of_the_registry(place: Place, service: str) -> Any:
    """A client of the account that owns the artifacts."""
    access = place.aws.environment
    return boto3.client(
        service,
        endpoint_url=access["AWS_ENDPOINT_URL"],
        region_name=access["AWS_REGION"],
        verify=access["AWS_CA_BUNDLE"],
        aws_access_key_id=REGISTRY,
        aws_secret_access_key=access["AWS_SECRET_ACCESS_KEY"],
    )


def for_the_environment(actions: list[str], resource: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": actions,
        "Resource": resource,
    }


def publish(place: Place, artifact: bytes) -> str:
    """Put the artifact into the registry's bucket, under its key; the key's ARN."""
    owner = {
        **for_the_environment(["kms:*"], "*"),
        "Principal": {"AWS": f"arn:aws:iam::{REGISTRY}:root"},
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [owner, for_the_environment(["kms:Decrypt"], "*")],
    }
    key = of_the_registry(place, "kms").create_key(Policy=json.dumps(policy))
    key_arn: str = key["KeyMetadata"]["Arn"]
    s3 = of_the_registry(place, "s3")
    s3.create_bucket(Bucket=BUCKET)
    whole = [
        for_the_environment(
            ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*"
        )
    ]
    s3.put_bucket_policy(
        Bucket=BUCKET,
        Policy=json.dumps({"Version": "2012-10-17", "Statement": whole}),
    )
    for name in (RELEASED, DRAFT):
        s3.put_object(
            Bucket=BUCKET,
            Key=name,
            Body=artifact,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=key_arn,
        )
    return key_arn


@pytest.fixture(scope="module")
def elsewhere(trial: Place, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    folder = tmp_path_factory.mktemp("elsewhere")
    write_artifact(folder, "echo")
    artifact = folder / "models" / "echo" / "model.tar.gz"
    key_arn = publish(trial, artifact.read_bytes())
    artifact.unlink()
    write_input(folder, "echo/a.csv", "1,2\n")
    made = Elsewhere(
        trial,
        {
            "s3_uri": f"s3://{BUCKET}/released/",
            "account": REGISTRY,
            "key_arn": key_arn,
            "reason": "released models",
            "owner": "registry",
            "expires": str(today() + timedelta(days=200)),
        },
    )
    made.write(RELEASED)
    trial.company("elsewhere").hire()
    done = trial.operate("deploy", "elsewhere", "--data", str(folder))
    assert done.code == 0, done.output
    return made


def role(elsewhere: Elsewhere, name: str, path: str) -> str:
    """A role of the environment's account that IAM lets do all with S3 and KMS."""
    iam = elsewhere.place.company("elsewhere").client("iam")
    trust = for_the_environment(["sts:AssumeRole"], "*")
    del trust["Resource"]
    arn: str = iam.create_role(
        RoleName=name,
        Path=path,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [trust]}
        ),
    )["Role"]["Arn"]
    everything = {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    return arn


def test_a_transform_runs_with_an_artifact_of_a_named_source(
    elsewhere: Elsewhere,
) -> None:
    company = elsewhere.place.company("elsewhere")
    outputs = company.outputs("foundation")["OutputsBucket"]
    (reader,) = company.environment.people.readers
    s3 = elsewhere.s3(reader.role, inside=True)
    (found,) = s3.list_objects_v2(Bucket=outputs, Prefix="echo/")["Contents"]
    answer = s3.get_object(Bucket=outputs, Key=found["Key"])["Body"].read()
    assert answer == b"1,2\n"


def test_an_artifact_of_no_named_source_is_refused_before_anything_is_deployed(
    elsewhere: Elsewhere,
) -> None:
    elsewhere.write(DRAFT)
    try:
        done = elsewhere.place.operate("deploy", "elsewhere")
    finally:
        elsewhere.write(RELEASED)
    assert done.code == 1
    assert f"s3://{BUCKET}/{DRAFT}" in done.output
    assert f"artifact_sources: s3://{BUCKET}/released/." in done.output
    assert "Traceback" not in done.output


def test_only_jobs_reach_the_source_through_the_endpoint(elsewhere: Elsewhere) -> None:
    somebody = role(elsewhere, "somebody", "/")
    launcher = role(elsewhere, "like-a-launcher", f"{PATH}/launcher/")
    for arn in (somebody, launcher):
        served = elsewhere.s3(arn, inside=False).get_object(Bucket=BUCKET, Key=RELEASED)
        assert served["ResponseMetadata"]["HTTPStatusCode"] == 200
        with pytest.raises(ClientError, match="AccessDenied"):
            elsewhere.s3(arn, inside=True).get_object(Bucket=BUCKET, Key=RELEASED)


def test_jobs_reach_nothing_else_of_the_source_through_the_endpoint(
    elsewhere: Elsewhere,
) -> None:
    job = role(elsewhere, "like-a-job", f"{PATH}/execution/")
    inside, outside = (elsewhere.s3(job, inside=each) for each in (True, False))
    inside.get_object(Bucket=BUCKET, Key=RELEASED)
    outside.get_object(Bucket=BUCKET, Key=DRAFT)
    with pytest.raises(ClientError, match="AccessDenied"):
        inside.get_object(Bucket=BUCKET, Key=DRAFT)
    outside.put_object(Bucket=BUCKET, Key="released/taken", Body=b"data")
    with pytest.raises(ClientError, match="AccessDenied"):
        inside.put_object(Bucket=BUCKET, Key="released/taken", Body=b"data")
