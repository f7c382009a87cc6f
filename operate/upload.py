"""Put artifacts and inputs into the environment's buckets, as an uploader."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.credentials import (
    DeferredRefreshableCredentials,
    create_assume_role_refresher,
)
from botocore.exceptions import ClientError

from operate.deployed import Deployed, OperationError

BUCKETS = {"models": "ModelsBucket", "inputs": "InputsBucket"}
"""Folders of the data to be uploaded, and the outputs that name their buckets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Files for an environment's buckets, and somebody who may put them there.

    Args:
        deployed: The environment.
        data: The folder that holds `models/`, `inputs/` or both.
        files: What is uploaded: the folder of `BUCKETS`, and a file below it.
        uploader: A session of one of the environment's uploaders.
    """

    deployed: Deployed
    data: Path
    files: tuple[tuple[str, Path], ...]
    uploader: boto3.Session

    @classmethod
    def prepare(cls, deployed: Deployed, data: Path) -> "Upload":
        """Find what there is to upload and who does it, before anything is changed.

        Raises:
            OperationError: The folder holds nothing to upload, or nobody may upload.
        """
        files = tuple(_files(data))
        if not files:
            raise OperationError(
                f"{data} holds nothing to upload; expected {data / 'models'} with the "
                f"artifacts or {data / 'inputs'} with the inputs"
            )
        return cls(
            deployed=deployed, data=data, files=files, uploader=as_uploader(deployed)
        )

    def run(self) -> None:
        """Upload every file under its path relative to `models/` or `inputs/`.

        The buckets encrypt with the environment's key by themselves.

        Raises:
            OperationError: The environment is not deployed, or refuses a file.
        """
        outputs = self.deployed.outputs("foundation")
        s3 = self.uploader.client("s3")
        for kind, file in self.files:
            key = file.relative_to(self.data / kind).as_posix()
            bucket = outputs[BUCKETS[kind]]
            print(f"  s3://{bucket}/{key}", flush=True)
            _put(s3, file, bucket, key)


def as_uploader(deployed: Deployed) -> boto3.Session:
    """A session of one of the environment's uploaders.

    It is the caller's own when the caller is one of them, otherwise one of the first
    of them that can be assumed.

    Raises:
        OperationError: There is none whom the caller could become.
    """
    roles = [person.role for person in deployed.environment.people.uploaders]
    if not roles:
        raise OperationError(
            "environment.yaml names nobody under people.uploaders, so nobody can "
            "upload; add a role and deploy again"
        )
    if any(_is_session_of(deployed.caller, role) for role in roles):
        return deployed.session
    named = [role for role in roles if not role.endswith("*")]
    if not named:
        raise OperationError(
            f"{deployed.caller} is no uploader, and may not become one: the roles of "
            "IAM Identity Center cannot be assumed\n"
            f"Sign in with the permission set of {', '.join(roles)}"
        )
    try:
        return _assumed(deployed, named[0])
    except ClientError as error:
        raise OperationError(
            f"{deployed.caller} is no uploader and may not become one: "
            f"{error.response['Error']['Message']}\n"
            f"Sign in as one of people.uploaders: {', '.join(roles)}"
        ) from error


def _is_session_of(caller: str, role: str) -> bool:
    """Whether the caller has assumed a role, which may end in a wildcard."""
    _, _, session = caller.partition(":assumed-role/")
    return fnmatchcase(session.partition("/")[0], role.rpartition("/")[2])


def _assumed(deployed: Deployed, role: str) -> boto3.Session:
    """A session of a role that renews itself: an upload may take longer than one."""
    credentials = DeferredRefreshableCredentials(
        refresh_using=create_assume_role_refresher(
            deployed.session.client("sts"),
            {"RoleArn": role, "RoleSessionName": "upload"},
        ),
        method="assume-role",
    )
    credentials.get_frozen_credentials()
    session = botocore.session.Session()
    session.register_component("credential_provider", _Given(credentials))
    return boto3.Session(
        botocore_session=session, region_name=deployed.environment.region
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """Stands where botocore searches the shell for credentials."""

    credentials: DeferredRefreshableCredentials

    def load_credentials(self) -> DeferredRefreshableCredentials:
        return self.credentials


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
