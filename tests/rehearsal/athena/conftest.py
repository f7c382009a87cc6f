"""One lake for each file of tests."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from rehearsal.process import ACCOUNT
from tests.rehearsal.athena.catalogs import faces_table
from tests.rehearsal.athena.lakes import Lake
from tests.rehearsal.clients import Client


@pytest.fixture(scope="module")
def lake(
    client: Client, new_role: Callable[..., str], new_bucket: Callable[..., str]
) -> Lake:
    made = Lake(
        client=client,
        new_role=new_role,
        key=client("kms").create_key()["KeyMetadata"]["Arn"],
        data=new_bucket(),
        outputs=new_bucket(),
        name=f"lake_{uuid4().hex[:8]}",
    )
    encrypt(client("s3"), made.data, made.key)
    client("athena").create_work_group(
        Name=made.name, Configuration=configuration(made)
    )
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": made.name})
    glue.create_table(DatabaseName=made.name, TableInput=faces_table(made.data))
    made.put("faces/date=2026-01-31/job=a/deep/1.jpg.out", b'{"label": "face"}\n')
    return made


def configuration(lake: Lake, **changes: Any) -> dict[str, Any]:
    return {
        "EnforceWorkGroupConfiguration": True,
        "ResultConfiguration": {
            "OutputLocation": f"s3://{lake.outputs}/athena/",
            "EncryptionConfiguration": {
                "EncryptionOption": "SSE_KMS",
                "KmsKey": lake.key,
            },
            "ExpectedBucketOwner": ACCOUNT,
        },
        **changes,
    }


def encrypt(s3: Any, bucket: str, key: str) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
