"""Which S3 calls use the key, and what they need for it."""

import contextlib
import json
import ssl
from collections.abc import Callable
from http.client import HTTPSConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT, EmbeddedAws

S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def kms(*actions: str, **condition: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [f"kms:{action}" for action in actions],
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }


@pytest.fixture(scope="module")
def key(client: Callable[..., Any]) -> str:
    return str(client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def bucket(client: Callable[..., Any], new_bucket: Callable[..., str], key: str) -> str:
    """Encrypted by default with the key, by bucket keys, versioned."""
    name = new_bucket()
    s3 = client("s3")
    encrypt(s3, name, key, bucket_key=True)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="x", Body=b"x")
    return name


def encrypt(s3: Any, bucket: str, key: str, *, bucket_key: bool) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": bucket_key,
    }
    s3.put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )


def upload(s3: Any, bucket: str) -> None:
    at = {"Bucket": bucket, "Key": "parts"}
    at["UploadId"] = s3.create_multipart_upload(**at)["UploadId"]
    part = s3.upload_part(**at, PartNumber=1, Body=b"x")
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})


def copy(s3: Any, bucket: str) -> None:
    source = {"Bucket": bucket, "Key": "x"}
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)


CALLS: dict[str, Callable[[Any, str], Any]] = {
    "get": lambda s3, bucket: s3.get_object(Bucket=bucket, Key="x"),
    "head": lambda s3, bucket: s3.head_object(Bucket=bucket, Key="x"),
    "head with checksum": lambda s3, bucket: s3.head_object(
        Bucket=bucket, Key="x", ChecksumMode="ENABLED"
    ),
    "put": lambda s3, bucket: s3.put_object(Bucket=bucket, Key="y", Body=b"y"),
    "list": lambda s3, bucket: s3.list_objects_v2(Bucket=bucket),
    "delete": lambda s3, bucket: s3.delete_object(Bucket=bucket, Key="z"),
    "upload": upload,
    "copy": copy,
}
NEEDS = {
    "get": {"Decrypt"},
    "head": set(),
    "head with checksum": {"Decrypt"},
    "put": {"GenerateDataKey"},
    "list": set(),
    "delete": set(),
    "upload": {"GenerateDataKey", "Decrypt"},
    "copy": {"GenerateDataKey", "Decrypt"},
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_needs_exactly_its_uses_of_the_key(
    client: Callable[..., Any], new_role: Callable[..., str], bucket: str, call: str
) -> None:
    for missing in ("Decrypt", "GenerateDataKey"):
        given = kms(*{"Decrypt", "GenerateDataKey"} - {missing})
        s3 = client("s3", role=new_role(S3, given))
        if missing in NEEDS[call]:
            # The answer to HEAD has no body that could say more than its status.
            said = "403" if "head" in call else f"perform: kms:{missing} on"
            with pytest.raises(ClientError, match=said):
                CALLS[call](s3, bucket)
        else:
            CALLS[call](s3, bucket)


def test_an_older_version_is_read_with_its_own_key(
    client: Callable[..., Any], new_bucket: Callable[..., str], key: str
) -> None:
    root, name = client("s3"), new_bucket()
    root.put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Enabled"}
    )
    old_key = client("kms").create_key()["KeyMetadata"]["Arn"]
    encrypt(root, name, old_key, bucket_key=True)
    old = root.put_object(Bucket=name, Key="x", Body=b"old")["VersionId"]
    encrypt(root, name, key, bucket_key=True)
    root.put_object(Bucket=name, Key="x", Body=b"new")
    client("kms").disable_key(KeyId=old_key)
    assert root.get_object(Bucket=name, Key="x")["Body"].read() == b"new"
    with pytest.raises(ClientError, match=r"KMS\.DisabledException"):
        root.get_object(Bucket=name, Key="x", VersionId=old)


@pytest.mark.parametrize("bucket_key", [True, False])
def test_the_encryption_context_is_the_bucket_with_bucket_keys_else_the_object(
    client: Callable[..., Any],
    new_role: Callable[..., str],
    new_bucket: Callable[..., str],
    key: str,
    bucket_key: bool,
) -> None:
    root, name = client("s3"), new_bucket()
    encrypt(root, name, key, bucket_key=bucket_key)
    arn = f"arn:aws:s3:::{name}" if bucket_key else f"arn:aws:s3:::{name}/x"
    other = f"arn:aws:s3:::{name}/x" if bucket_key else f"arn:aws:s3:::{name}"
    for context, allowed in ((arn, True), (other, False)):
        role = new_role(
            S3,
            kms(
                "GenerateDataKey",
                StringEquals={
                    "kms:EncryptionContext:aws:s3:arn": context,
                    "kms:ViaService": "s3.us-east-1.amazonaws.com",
                    "kms:CallerAccount": ACCOUNT,
                },
            ),
        )
        s3 = client("s3", role=role)
        expected = (
            contextlib.nullcontext()
            if allowed
            else pytest.raises(ClientError, match="kms:GenerateDataKey")
        )
        with expected:
            s3.put_object(Bucket=name, Key="x", Body=b"x")


def test_a_link_needs_the_key_too(
    aws: EmbeddedAws,
    client: Callable[..., Any],
    new_role: Callable[..., str],
    bucket: str,
) -> None:
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])

    def opens(*uses: str) -> bool:
        s3 = client("s3", role=new_role(S3, kms(*uses)))
        link = s3.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": "x"}
        )
        with contextlib.suppress(HTTPError), urlopen(link, context=trust) as answer:
            return bool(answer.read() == b"x")
        return False

    assert opens("Decrypt")
    assert not opens("GenerateDataKey")


def test_a_bucket_in_the_host_name_needs_the_key_too(
    aws: EmbeddedAws,
    client: Callable[..., Any],
    new_role: Callable[..., str],
    bucket: str,
) -> None:
    trust = ssl.create_default_context(cafile=aws.environment["AWS_CA_BUNDLE"])
    port = int(aws.url.rpartition(":")[2])

    def status(*uses: str) -> int:
        role = new_role(S3, kms(*uses))
        given = client("sts").assume_role(RoleArn=role, RoleSessionName="test")
        s3 = boto3.client(
            "s3",
            region_name="us-east-1",
            endpoint_url=f"https://s3.localhost:{port}",
            aws_access_key_id=given["Credentials"]["AccessKeyId"],
            aws_secret_access_key=given["Credentials"]["SecretAccessKey"],
            aws_session_token=given["Credentials"]["SessionToken"],
            config=Config(s3={"addressing_style": "virtual"}, signature_version="s3v4"),
        )
        link = urlsplit(
            s3.generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": "x"}
            )
        )
        s3.close()
        assert link.netloc == f"{bucket}.s3.localhost:{port}"
        with contextlib.closing(
            HTTPSConnection("127.0.0.1", port, context=trust)
        ) as connection:
            connection.request(
                "GET", f"{link.path}?{link.query}", headers={"Host": link.netloc}
            )
            return connection.getresponse().status

    assert status("Decrypt") == 200
    assert status("GenerateDataKey") == 403


def test_the_stored_key_is_named_by_its_arn(
    client: Callable[..., Any], bucket: str, key: str
) -> None:
    s3, alias = client("s3"), f"alias/a-{uuid4().hex[:8]}"
    client("kms").create_alias(AliasName=alias, TargetKeyId=key)
    for name in (alias, key.rpartition("/")[2], key):
        s3.put_object(
            Bucket=bucket,
            Key="named",
            Body=b"x",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=name,
        )
        assert s3.head_object(Bucket=bucket, Key="named")["SSEKMSKeyId"] == key


@pytest.mark.parametrize(
    ("name", "code"),
    [("00000000-0000-0000-0000-000000000000", "NotFound"), ("pending", "InvalidState")],
)
def test_a_key_that_is_not_usable_is_refused(
    client: Callable[..., Any], new_bucket: Callable[..., str], name: str, code: str
) -> None:
    if name == "pending":
        name = client("kms").create_key()["KeyMetadata"]["Arn"]
        client("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=7)
    with pytest.raises(ClientError, match=code):
        client("s3").put_object(
            Bucket=new_bucket(),
            Key="x",
            Body=b"x",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=name,
        )


def test_the_apis_of_kms_ask_the_key_policy_and_its_context(
    client: Callable[..., Any], new_role: Callable[..., str]
) -> None:
    policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "kms:Encrypt",
                "Resource": "*",
                "Condition": {"StringEquals": {"kms:EncryptionContext:for": "me"}},
            }
        ]
    }
    key = client("kms").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    api = client("kms", role=new_role(kms("*")))
    at = {"KeyId": key, "Plaintext": b"x"}
    assert api.encrypt(**at, EncryptionContext={"for": "me"})["CiphertextBlob"]
    with pytest.raises(ClientError, match="AccessDenied"):
        api.encrypt(**at, EncryptionContext={"for": "you"})
    with pytest.raises(ClientError, match="AccessDenied"):
        api.encrypt(**at)
    with pytest.raises(ClientError, match="AccessDenied"):
        api.create_grant(
            KeyId=key,
            GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:role/x",
            Operations=["Decrypt"],
        )
