"""What is to be run, as a template says it: the same words for every origin.

The properties of a job's custom resource and the payload of a state machine hold it.
CloudFormation makes every scalar a string on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .attempts import attempt_name, resources_of
from .names import substance
from .typed import typed


@dataclass(frozen=True, slots=True)
class Order:
    """One transform's job, without its names.

    Args:
        properties: `ModelName`, `Request` (CreateTransformJob without the names;
            S3OutputPath without the job's part), `Fallbacks` (further
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
    def source(self) -> Mapping[str, str]:
        """Where the inputs are: S3DataType and S3Uri."""
        source: Mapping[str, str] = self.properties["Request"]["TransformInput"][
            "DataSource"
        ]["S3DataSource"]
        return source

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

    def job(self, run: str, number: int) -> dict[str, Any]:
        """The complete CreateTransformJob request of one attempt.

        Each job has an output path of its own: SageMaker overwrites what an earlier
        one left under the same path.
        """
        name = attempt_name(run, number)
        body: dict[str, Any] = typed(self.properties["Request"])
        output = body["TransformOutput"]
        return {
            **body,
            "TransformJobName": name,
            "ModelName": self.properties["ModelName"],
            "TransformResources": typed(resources_of(number, self.resources)),
            "TransformOutput": {
                **output,
                "S3OutputPath": f"{output['S3OutputPath']}job={name}/",
            },
        }

    def launch(self, origin: str, launched_by: Mapping[str, str]) -> dict[str, Any]:
        """Who asks and why, for the evidence.

        Args:
            origin: What kind of event asks.
            launched_by: Which one.
        """
        return {
            "origin": origin,
            "launched_by": dict(launched_by),
            "max_failed_inputs": self.most_failed,
            "policies": self.properties.get("Policies", {}),
        }
