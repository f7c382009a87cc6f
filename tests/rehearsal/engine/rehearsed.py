"""A transform job that a test can bend."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rehearsal.engine import (
    EngineSettings,
    Location,
    Outcome,
    StopSignal,
    TransformJob,
    run_job,
)
from tests.rehearsal.engine.archives import archive, member
from tests.rehearsal.engine.fakes import MemoryStorage, RecordingLog

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/echo:1"
SERVER = Path(__file__).with_name("model_server.py")


class Rehearsed:
    """A job over memory, run against the tests' serving process."""

    def __init__(self, work: Path) -> None:
        self.storage = MemoryStorage()
        self.log = RecordingLog()
        self.stop = StopSignal()
        self.on_start: Callable[[], None] = lambda: None
        self.work = work
        self.commands: Mapping[str, tuple[str, ...]] = {
            IMAGE: (sys.executable, "-S", str(SERVER), "{port}", "{model_dir}")
        }
        self.ready_seconds = 30.0
        self.model: dict[str, Any] = {
            "PrimaryContainer": {
                "Image": IMAGE,
                "ModelDataUrl": "s3://models/echo.tar.gz",
                "Environment": {},
            }
        }
        self.job: dict[str, Any] = {
            "TransformJobName": "echo-1",
            "TransformInput": {
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": "s3://inputs/in/",
                    }
                }
            },
            "TransformOutput": {"S3OutputPath": "s3://outputs/out/"},
            "TransformResources": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
            },
        }
        artifact = archive(member("weights.txt"), content=b"the weights")
        self.storage.objects[Location("models", "echo.tar.gz")] = artifact

    def behave(self, behaviour: str) -> None:
        self.model["PrimaryContainer"]["Environment"]["BEHAVIOUR"] = behaviour

    def inputs(self, **objects: bytes) -> None:
        for name, content in objects.items():
            self.storage.objects[Location("inputs", f"in/{name}")] = content

    def outputs(self) -> dict[str, bytes]:
        return {
            location.key.removeprefix("out/"): content
            for location, content in self.storage.objects.items()
            if location.bucket == "outputs"
        }

    def run(self) -> Outcome:
        return run_job(
            TransformJob.from_requests(self.model, self.job),
            storage=self.storage,
            settings=EngineSettings(
                commands=self.commands,
                work=self.work,
                ready_seconds=self.ready_seconds,
            ),
            log=self.log,
            stop=self.stop,
            on_start=self.on_start,
        )
