"""The company around the environment: its account and the people who work with it."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from private_transform.environment import Environment
from rehearsal.process import EmbeddedAws
from rehearsal.steps import StepError

_UNBOUNDED = "unbounded"
_DIRECT = Config(
    retries={"max_attempts": 1},
    s3={"addressing_style": "path"},
    # Whatever proxy the caller's shell names, this machine is reached without it.
    proxies={},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Makes clients of AWS services, as the account's root or as somebody.

    Args:
        aws: The embedded AWS.
        environment: Whose people are meant.
    """

    aws: EmbeddedAws
    environment: Environment

    @property
    def administrator(self) -> str:
        """ARN of a role of the account that the environment's file does not name."""
        return f"arn:aws:iam::{self.environment.account}:role/administrator"

    def hire(self) -> None:
        """Create the company's roles, without any rights.

        What the people of the environment's file may do comes from the deployment.
        """
        people = self.environment.people
        named = (
            *people.uploaders,
            *people.readers,
            *people.analysts,
            *people.operators,
            *people.key_administrators,
            *people.break_glass,
        )
        iam = self.client("iam")
        for role in (self.administrator, *(person.role for person in named)):
            path, name = _path_and_name(role)
            try:
                iam.create_role(
                    RoleName=name,
                    Path=path,
                    AssumeRolePolicyDocument=self._anybody_here(),
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "EntityAlreadyExists":
                    raise

    @contextlib.contextmanager
    def unbounded(self, *roles: str) -> Iterator[None]:
        """Let IAM allow these roles everything, so that only the environment refuses.

        Args:
            roles: ARNs of the roles.
        """
        iam = self.client("iam")
        everything = _policy(Action="*", Resource="*")
        names = [role.rpartition("/")[2] for role in roles]
        for name in names:
            iam.put_role_policy(
                RoleName=name, PolicyName=_UNBOUNDED, PolicyDocument=everything
            )
        try:
            yield
        finally:
            for name in names:
                iam.delete_role_policy(RoleName=name, PolicyName=_UNBOUNDED)

    def _anybody_here(self) -> str:
        root = f"arn:aws:iam::{self.environment.account}:root"
        return _policy(Action="sts:AssumeRole", Principal={"AWS": root})

    def client(
        self,
        service: str,
        *,
        role: str | None = None,
        through: str | None = None,
        plain: bool = False,
    ) -> Any:
        """A client of `service`.

        Args:
            service: boto3's name of the service.
            role: ARN of the role to act as; None acts as the root of the account,
                which no policy limits.
            through: Id of the VPC endpoint to come through; None comes from outside.
            plain: Come from outside over plain HTTP.

        Raises:
            StepError: Nothing comes through the endpoint.
        """
        access = self.aws.environment
        credentials = {
            "aws_access_key_id": access["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": access["AWS_SECRET_ACCESS_KEY"],
        }
        if role is not None:
            given = self.client("sts").assume_role(
                RoleArn=role, RoleSessionName="rehearsal"
            )["Credentials"]
            credentials = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        return _session().client(
            service,
            endpoint_url=self._url(through, plain),
            region_name=self.environment.region,
            verify=access["AWS_CA_BUNDLE"],
            config=_DIRECT,
            **credentials,
        )

    def _url(self, through: str | None, plain: bool) -> str:
        if through is not None:
            try:
                return self.aws.through(through)
            except (LookupError, OSError) as error:
                raise StepError(
                    f"Nothing comes through the endpoint {through}: {error}"
                ) from error
        return self.aws.plain_url if plain else self.aws.url

    def outputs(self, part: str) -> dict[str, str]:
        """Outputs of one of the environment's stacks."""
        name = self.environment.stack_name(part)
        stacks = self.client("cloudformation").describe_stacks(StackName=name)
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in stacks["Stacks"][0].get("Outputs", [])
        }


@cache
def _session() -> boto3.Session:
    """A session that knows nothing of the caller's profiles."""
    nothing = (None, None, os.devnull, None)
    return boto3.Session(
        botocore_session=botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": nothing,
                "credentials_file": nothing,
            }
        )
    )


def _policy(**statement: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    )


def _path_and_name(role: str) -> tuple[str, str]:
    path, _, name = role.partition(":role")[2].rpartition("/")
    return f"{path}/", name
