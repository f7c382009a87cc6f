"""The company around the environment: its account and the people who work with it."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from private_transform.environment import Environment, Person
from rehearsal.process import EmbeddedAws


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Makes clients of AWS services, as the account's root or as somebody.

    Args:
        aws: The embedded AWS.
        environment: Whose people are meant.
    """

    aws: EmbeddedAws
    environment: Environment

    def hire(self) -> None:
        """Create the roles that the environment's file names, without any rights.

        What they may do comes from the deployment alone.
        """
        iam = self.client("iam")
        people = self.environment.people
        for person in (
            *people.uploaders,
            *people.readers,
            *people.key_administrators,
            *people.break_glass,
        ):
            path, name = _path_and_name(person)
            try:
                iam.create_role(
                    RoleName=name,
                    Path=path,
                    AssumeRolePolicyDocument=self._anybody_here(),
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "EntityAlreadyExists":
                    raise

    def _anybody_here(self) -> str:
        root = f"arn:aws:iam::{self.environment.account}:root"
        return json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": root},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        )

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
        return boto3.client(
            service,
            endpoint_url=self._url(through, plain),
            region_name=self.environment.region,
            verify=access["AWS_CA_BUNDLE"],
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
            **credentials,
        )

    def _url(self, through: str | None, plain: bool) -> str:
        if through is not None:
            return self.aws.through(through)
        return self.aws.plain_url if plain else self.aws.url

    def outputs(self, part: str) -> dict[str, str]:
        """Outputs of one of the environment's stacks."""
        name = self.environment.stack_name(part)
        stacks = self.client("cloudformation").describe_stacks(StackName=name)
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in stacks["Stacks"][0].get("Outputs", [])
        }


def _path_and_name(person: Person) -> tuple[str, str]:
    path, _, name = person.role.partition(":role")[2].rpartition("/")
    return f"{path}/", name
