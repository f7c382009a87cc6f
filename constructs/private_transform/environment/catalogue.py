"""What AWS offers, as the pinned libraries know it: regions and instance types.

Reading the libraries costs more than a whole synth, so `catalogue.json` beside this
file holds what is needed of them. `python -m private_transform.environment.catalogue`
writes it again after an upgrade, and a test fails while it is out of date.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFacts:
    """What differs between regions.

    Attributes:
        partition: The second part of every ARN there: `aws`, the only one so far.
        framework_images: The account of the AWS Deep Learning Containers; None where
            CDK knows none.
    """

    partition: str
    framework_images: str | None


def from_libraries() -> dict[str, Any]:
    """Collect the catalogue from botocore and the CDK's region facts."""
    # Both are slow to import, and only this function needs them.
    import botocore.session
    from aws_cdk.region_info import RegionInfo

    session = botocore.session.get_session()
    # Names of services and hosts are other ones in the other partitions.
    regions = sorted(session.get_available_regions("sagemaker", "aws"))
    sagemaker = session.get_service_model("sagemaker")
    resources = sagemaker.shape_for("TransformResources")
    facts = {name: RegionInfo.get(name) for name in regions}
    return {
        "regions": {
            name: {
                "partition": info.partition,
                "framework_images": info.dlc_repository_account,
            }
            for name, info in facts.items()
        },
        "instance_types": resources.members["InstanceType"].enum,
    }


_catalogue = json.loads(FILE.read_text("utf-8"))

REGIONS: dict[str, RegionFacts] = {
    name: RegionFacts(**facts) for name, facts in _catalogue["regions"].items()
}
INSTANCE_TYPES: tuple[str, ...] = tuple(_catalogue["instance_types"])

AMI_VERSIONS = (
    "al2-ami-sagemaker-batch-gpu-470",
    "al2-ami-sagemaker-batch-gpu-535",
)
"""AWS: TransformResources."""

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
"""AWS: PutRetentionPolicy."""

GPU_FAMILIES = frozenset({"p2", "p3", "g4dn", "g5", "g6", "g6e"})
"""AWS: Amazon EC2 instance types, accelerated computing."""

LOCAL_DISK_FAMILIES = frozenset({"g4dn", "g5", "g6", "g6e", "trn1"})
"""AWS: Instance store volumes for Amazon EC2. SageMaker refuses a volume key there."""


def family(instance_type: str) -> str:
    """The family of an instance type: `g5` of `ml.g5.xlarge`."""
    return instance_type.removeprefix("ml.").partition(".")[0]


if __name__ == "__main__":
    FILE.write_text(json.dumps(from_libraries(), indent=1) + "\n", "utf-8")
