"""Put artifacts and inputs into the environment's buckets, as an uploader."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from operate.deployed import Deployed, OperationError

BUCKETS = {"models": "ModelsBucket", "inputs": "InputsBucket"}
"""Folders of the data to be uploaded, and the outputs that name their buckets."""


def upload(deployed: Deployed, data: Path) -> None:
    """Upload every file of `data/models` and `data/inputs` under its relative path.

    The buckets encrypt with the environment's key by themselves.

    Args:
        deployed: The environment.
        data: A folder that holds `models/`, `inputs/` or both.

    Raises:
        OperationError: The folder holds nothing to upload, or nobody may upload.
    """
    files = list(_files(data))
    if not files:
        raise OperationError(
            f"{data} holds nothing to upload; expected {data / 'models'} with the "
            f"artifacts or {data / 'inputs'} with the inputs"
        )
    outputs = deployed.outputs("foundation")
    s3 = as_uploader(deployed).client("s3")
    for kind, file in files:
        key = file.relative_to(data / kind).as_posix()
        bucket = outputs[BUCKETS[kind]]
        print(f"  s3://{bucket}/{key}", flush=True)
        _put(s3, file, bucket, key)


def as_uploader(deployed: Deployed) -> boto3.Session:
    """A session of one of the environment's uploaders.

    It is the caller's own when the caller is one of them.
    """
    roles = [person.role for person in deployed.environment.people.uploaders]
    if not roles:
        raise OperationError(
            "environment.yaml names nobody under people.uploaders, so nobody can "
            "upload; add a role and deploy again"
        )
    sts = deployed.session.client("sts")
    caller = sts.get_caller_identity()["Arn"]
    if any(f":assumed-role/{role.rpartition('/')[2]}/" in caller for role in roles):
        return deployed.session
    try:
        given = sts.assume_role(RoleArn=roles[0], RoleSessionName="upload")
    except ClientError as error:
        raise OperationError(
            f"{caller} is no uploader and may not become one: "
            f"{error.response['Error']['Message']}\n"
            f"Sign in as one of people.uploaders: {', '.join(roles)}"
        ) from error
    return boto3.Session(
        aws_access_key_id=given["Credentials"]["AccessKeyId"],
        aws_secret_access_key=given["Credentials"]["SecretAccessKey"],
        aws_session_token=given["Credentials"]["SessionToken"],
        region_name=deployed.environment.region,
    )


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    for kind in BUCKETS:
        for file in sorted((data / kind).rglob("*")):
            if file.is_file():
                yield kind, file


def _put(s3: Any, file: Path, bucket: str, key: str) -> None:
    try:
        s3.upload_file(str(file), bucket, key)
    except (ClientError, boto3.exceptions.S3UploadFailedError) as error:
        raise OperationError(
            f"{file} was not uploaded: {error}\n"
            "From outside the environment's endpoint only uploaders with `outside` "
            "may write."
        ) from error
