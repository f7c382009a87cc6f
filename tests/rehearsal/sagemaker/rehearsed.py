"""SageMaker with a fake cloud and a real engine."""

from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.engine import EngineSettings, Location
from rehearsal.sagemaker.service import SageMaker
from tests.rehearsal.engine.archives import archive, member
from tests.rehearsal.engine.rehearsed import Rehearsed
from tests.rehearsal.sagemaker.fakes import (
    HERE,
    ROLE,
    FakePlatform,
    client_of,
    sender_of,
)

NETWORK = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}


class RehearsedSageMaker:
    """One SageMaker, its cloud, and ready requests."""

    def __init__(self, work: Path, *, inside: bool = True) -> None:
        template = Rehearsed(work)
        self.platform = FakePlatform()
        self.service = SageMaker(
            self.platform,
            EngineSettings(commands=template.commands, work=work),
            inside=inside,
            instance_quota=5,
        )
        self.client = client_of(self.service)
        self.send = sender_of(self.service)
        self.container: dict[str, Any] = template.model["PrimaryContainer"]
        self.job: dict[str, Any] = {**template.job, "ModelName": "Echo"}
        objects = self.platform.outside.objects
        artifact = archive(member("weights.txt"), content=b"w")
        objects[Location("models", "echo.tar.gz")] = artifact
        objects[Location("inputs", "in/a.txt")] = b"a"

    def create_model(self, name: str = "Echo", **changes: Any) -> Any:
        request = {
            "ModelName": name,
            "PrimaryContainer": self.container,
            "ExecutionRoleArn": ROLE,
            "VpcConfig": NETWORK,
            "EnableNetworkIsolation": True,
            **changes,
        }
        return self.client.create_model(**request)

    def create_job(self, name: str = "echo-1", **changes: Any) -> Any:
        return self.client.create_transform_job(
            **{**self.job, "TransformJobName": name, **changes}
        )

    def wait(self, name: str = "echo-1") -> Any:
        job = self.service.jobs.store.get(HERE, name)
        assert job is not None
        self.service.runner.wait(job)
        return self.client.describe_transform_job(TransformJobName=name)

    def run(self, **changes: Any) -> Any:
        self.create_job(**changes)
        return self.wait()


def code_and_message(error: ClientError) -> tuple[str, str]:
    told = error.response["Error"]
    return told["Code"], told["Message"]
