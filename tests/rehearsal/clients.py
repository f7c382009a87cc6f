"""Clients of an embedded AWS: as its root or as a role, by whichever way."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config

from rehearsal.process import ACCOUNT, EmbeddedAws

QUICK = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    read_timeout=60,
)


class Client(Protocol):
    def __call__(
        self,
        service: str,
        *,
        role: str | None = None,
        through: str | None = None,
        url: str | None = None,
        region: str | None = None,
    ) -> Any: ...


@contextmanager
def clients_of(aws: EmbeddedAws) -> Iterator[Client]:
    """Make a client: as the root or a role, from outside or through an endpoint.

    The same arguments give the same client: making one takes longer than most tests.
    """
    with ExitStack() as opened:

        @cache
        def make(
            service: str,
            *,
            role: str | None = None,
            through: str | None = None,
            url: str | None = None,
            region: str | None = None,
        ) -> Any:
            credentials = {
                "aws_access_key_id": ACCOUNT,
                "aws_secret_access_key": "any",
            }
            if role is not None:
                answer = make("sts").assume_role(RoleArn=role, RoleSessionName="test")
                credentials = {
                    "aws_access_key_id": answer["Credentials"]["AccessKeyId"],
                    "aws_secret_access_key": answer["Credentials"]["SecretAccessKey"],
                    "aws_session_token": answer["Credentials"]["SessionToken"],
                }
            made = boto3.client(
                service,
                region_name=region or aws.environment["AWS_REGION"],
                endpoint_url=url or (aws.through(through) if through else aws.url),
                verify=aws.environment["AWS_CA_BUNDLE"],
                config=QUICK,
                **credentials,
            )
            opened.callback(made.close)
            return made

        yield make
