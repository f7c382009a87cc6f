"""What is to be run, as a template says it: the same words for every origin.

The properties of a job's custom resource and the payload of a state machine hold it.
CloudFormation makes every scalar a string on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .attempts import attempt_name, resources_of
from .moment import Moment
from .names import substance
from .typed import typed


@dataclass(frozen=True, slots=True)
class Order:
    """One transform's job, without its names.

    Args:
        properties: `ModelName`, `Request` (CreateTransformJob without the names;
            S3OutputPath without the parts of date and job; both with places for a
            day and an hour), `TimeZone` (of these), `Fallbacks` (further
            TransformResources), `Network` ({Subnets, SecurityGroupIds}),
            `MaxFailedInputs`, `ArtifactDigests` (list of {S3Uri, Sha256}), `Policies`
            (digests by what they guard).
    """

    properties: Mapping[str, Any]

    @property
    def substance(self) -> dict[str, Any]:
        """What of it decides about its results."""
        return substance(typed(self.properties["Request"]))

    @property
    def pattern(self) -> str:
        """Where the inputs are, with places for a day and an hour."""
        data = self.properties["Request"]["TransformInput"]["DataSource"]
        return str(data["S3DataSource"]["S3Uri"])

    @property
    def is_hourly(self) -> bool:
        """Whether the inputs of each hour lie apart."""
        return "{run_hour}" in self.pattern

    def source(self, moment: Moment) -> Mapping[str, str]:
        """Where the inputs of a day and an hour are: S3DataType and S3Uri."""
        data: Mapping[str, Any] = self.properties["Request"]["TransformInput"]
        source: Mapping[str, str] = data["DataSource"]["S3DataSource"]
        return {**source, "S3Uri": moment.filled(source["S3Uri"])}

    @property
    def network(self) -> Mapping[str, Any]:
        """Where its model has to be."""
        network: Mapping[str, Any] = self.properties["Network"]
        return network

    @property
    def most_failed(self) -> int:
        """How many inputs may have no output."""
        return int(self.properties.get("MaxFailedInputs", 0))

    @property
    def artifact_digests(self) -> dict[str, str]:
        """SHA-256 of artifacts by their URIs, as the transform's file has them."""
        return {
            each["S3Uri"]: each["Sha256"]
            for each in self.properties.get("ArtifactDigests", [])
        }

    @property
    def resources(self) -> list[Any]:
        """TransformResources in the order in which they are tried."""
        first = self.properties["Request"]["TransformResources"]
        return [first, *self.properties.get("Fallbacks", [])]

    @property
    def time_zone(self) -> str:
        """Whose days and hours its runs are for."""
        return str(self.properties.get("TimeZone", "UTC"))

    def job(
        self, run: str, number: int, moment: Moment, source: Mapping[str, str]
    ) -> dict[str, Any]:
        """The complete CreateTransformJob request of one attempt.

        Each job has an output path of its own: SageMaker overwrites what an earlier
        one left under the same path.

        Args:
            run: The run's name.
            number: Which attempt.
            moment: The day and hour that the run is for.
            source: What it reads: S3DataType and S3Uri.
        """
        name = attempt_name(run, number)
        body: dict[str, Any] = typed(self.properties["Request"])
        given, output = body["TransformInput"], body["TransformOutput"]
        part = f"date={moment.date.isoformat()}/job={name}/"
        return {
            **body,
            "TransformJobName": name,
            "ModelName": self.properties["ModelName"],
            "TransformInput": {**given, "DataSource": {"S3DataSource": dict(source)}},
            "TransformResources": typed(resources_of(number, self.resources)),
            "TransformOutput": {
                **output,
                "S3OutputPath": f"{output['S3OutputPath']}{part}",
            },
        }

    def launch(
        self, origin: str, launched_by: Mapping[str, str], moment: Moment
    ) -> dict[str, Any]:
        """Who asks, why, and for which day, for the evidence.

        Args:
            origin: What kind of event asks.
            launched_by: Which one.
            moment: What the run is for.
        """
        return {
            "origin": origin,
            "launched_by": dict(launched_by),
            "run_date": moment.date.isoformat(),
            "run_hour": f"{moment.hour:02}",
            "max_failed_inputs": self.most_failed,
            "policies": self.properties.get("Policies", {}),
        }
