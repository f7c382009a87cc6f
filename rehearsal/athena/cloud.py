"""What Athena calls with its caller's credentials, and its words for refusals.

AWS: Control access to Amazon S3 from Athena; Configure access to databases and tables
in the AWS Glue Data Catalog.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from rehearsal.athena.errors import QueryFailed, RequestError
from rehearsal.athena.results import Result
from rehearsal.athena.statement import CATALOG, Name

# Athena's own words for these refusals leave out why S3 refused.
_LOGGER: Final = logging.getLogger(__name__)
_REFUSED: Final = ("AccessDenied", "AccessDeniedException", "403")


class Clients(Protocol):
    """Where clients come from that call as Athena for one caller."""

    def client(self, service: str) -> Any:
        """A boto3 client of a service, with the caller's credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where and how a query's results are kept.

    Attributes:
        location: The object with the values, `s3://bucket/key.csv`.
        settings: What PutObject is told of encryption.
        owner: What every call on the bucket is told of its owner.
    """

    location: str
    settings: Mapping[str, str]
    owner: Mapping[str, str]

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.location.removeprefix("s3://").partition("/")[0]

    @property
    def key(self) -> str:
        """The key of the object with the values."""
        return self.location.removeprefix("s3://").partition("/")[2]


@dataclass(frozen=True, slots=True)
class Found:
    """An object in a listing, with its size in bytes."""

    key: str
    size: int


class Cloud:
    """AWS as a query's caller sees it through Athena.

    Args:
        clients: Of the caller.
    """

    def __init__(self, clients: Clients) -> None:
        self._s3 = clients.client("s3")
        self._glue = clients.client("glue")

    def describe(self, name: Name) -> dict[str, Any]:
        """What the Data Catalog says about a table or view.

        Raises:
            QueryFailed: It is not there, or the caller may not know.
        """
        try:
            self._glue.get_database(Name=name.database)
            found = self._glue.get_table(DatabaseName=name.database, Name=name.table)
        except ClientError as error:
            code, message = _told(error)
            if code in _REFUSED:
                raise QueryFailed(
                    f"Insufficient permissions to execute the query. {message}"
                ) from error
            if code != "EntityNotFoundException":
                raise QueryFailed(f"{code}: {message}") from error
            if error.operation_name == "GetDatabase":
                raise QueryFailed(
                    f"SCHEMA_NOT_FOUND: Schema '{name.database}' does not exist"
                ) from error
            raise QueryFailed(
                f"TABLE_NOT_FOUND: Table '{CATALOG}.{name.database}.{name.table}' does "
                "not exist"
            ) from error
        table: dict[str, Any] = found["Table"]
        return table

    def objects(self, bucket: str, prefix: str) -> list[Found]:
        """The objects whose keys begin with a prefix.

        Raises:
            QueryFailed: S3 refuses.
        """
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix
        )
        try:
            return [
                Found(each["Key"], each["Size"])
                for page in pages
                for each in page.get("Contents", ())
            ]
        except ClientError as error:
            raise _unreadable(f"s3://{bucket}/{prefix}", error) from error

    def read(self, bucket: str, key: str) -> bytes:
        """An object's content.

        Raises:
            QueryFailed: S3 refuses.
        """
        try:
            content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise _unreadable(f"s3://{bucket}/{key}", error) from error
        return content

    def require_bucket(self, output: Output) -> None:
        """Look whether the bucket for results is there, as before every query.

        Raises:
            RequestError: It is not, or the caller may not know.
        """
        try:
            self._s3.get_bucket_location(Bucket=output.bucket, **output.owner)
        except ClientError as error:
            _LOGGER.info("%s", error)
            raise RequestError(
                f"Unable to verify/create output bucket {output.bucket}"
            ) from error

    def save(self, output: Output, result: Result) -> None:
        """Write a result.

        Raises:
            QueryFailed: S3 refuses.
        """
        contents = {
            output.key: result.csv(),
            f"{output.key}.metadata": result.metadata(),
        }
        try:
            for key, content in contents.items():
                self._s3.put_object(
                    Bucket=output.bucket,
                    Key=key,
                    Body=content,
                    **output.settings,
                    **output.owner,
                )
        except ClientError as error:
            _LOGGER.info("%s", error)
            code, message = _told(error)
            if code in _REFUSED:
                raise QueryFailed(
                    f"Access denied when writing to location: {output.location}"
                ) from error
            raise QueryFailed(f"{code}: {message}") from error

    def load(self, output: Output) -> Result:
        """Read a result.

        Raises:
            RequestError: S3 refuses.
        """
        try:
            csv, metadata = (
                self._s3.get_object(Bucket=output.bucket, Key=key, **output.owner)[
                    "Body"
                ].read()
                for key in (output.key, f"{output.key}.metadata")
            )
        except ClientError as error:
            _LOGGER.info("%s", error)
            code, _ = _told(error)
            if code in _REFUSED:
                raise RequestError(
                    f"Access denied when reading from location: {output.location}"
                ) from error
            raise RequestError("Could not find results", "RESULT_NOT_FOUND") from error
        return Result.read(csv, metadata)


def _told(error: ClientError) -> tuple[str, str]:
    told = error.response["Error"]
    return str(told["Code"]), str(told.get("Message", ""))


def _unreadable(path: str, error: ClientError) -> QueryFailed:
    _LOGGER.info("%s: %s", path, error)
    code, message = _told(error)
    if code in _REFUSED:
        return QueryFailed(f"Permission denied on S3 path: {path}")
    return QueryFailed(f"HIVE_CANNOT_OPEN_SPLIT: {path}: {message}")
