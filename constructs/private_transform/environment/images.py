"""Images that AWS publishes, named by framework or algorithm, as ECR URIs.

A file may say `{framework: pytorch, version: "2.6"}` or `{algorithm:
object-detection, version: "1"}` for an image. What it means is decided here, from
tables, without asking AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from private_transform.environment.catalogue import REGIONS
from private_transform.environment.kinds import broken, nearest

FRAMEWORK_TAGS: Mapping[str, Mapping[str, str]] = {
    "pytorch": {
        "2.1": "2.1.0-{processor}-py310",
        "2.2": "2.2.0-{processor}-py310",
        "2.3": "2.3.0-{processor}-py311",
        "2.4": "2.4.0-{processor}-py311",
        "2.5": "2.5.1-{processor}-py311",
        "2.6": "2.6.0-{processor}-py312",
    },
    "tensorflow": {
        "2.14": "2.14.1-{processor}",
        "2.16": "2.16.1-{processor}",
        "2.18": "2.18.0-{processor}",
        "2.19": "2.19.0-{processor}",
        "2.20": "2.20.0-{processor}-py312",
    },
}
"""The tags of the SageMaker inference images by framework and version.

Source: the inference sections of image_uri_config/pytorch.json and tensorflow.json
in the Python package sagemaker, read on 2026-11-22. The accounts are the CDK's region
facts (`catalogue.json`).
"""

OBJECT_DETECTION_TAGS: Mapping[str, str] = {"1": "1"}
"""AWS: Docker Registry Paths and Example Code: `:1` is the stable version."""

OBJECT_DETECTION_ACCOUNTS: Mapping[str, str] = {
    "af-south-1": "455444449433",
    "ap-east-1": "286214385809",
    "ap-northeast-1": "501404015308",
    "ap-northeast-2": "306986355934",
    "ap-northeast-3": "364406365360",
    "ap-south-1": "991648021394",
    "ap-southeast-1": "475088953585",
    "ap-southeast-2": "544295431143",
    "ca-central-1": "469771592824",
    "eu-central-1": "813361260812",
    "eu-north-1": "669576153137",
    "eu-south-1": "257386234256",
    "eu-west-1": "685385470294",
    "eu-west-2": "644912444149",
    "eu-west-3": "749696950732",
    "me-south-1": "249704162688",
    "sa-east-1": "855470959533",
    "us-east-1": "811284229777",
    "us-east-2": "825641698319",
    "us-west-1": "632365934929",
    "us-west-2": "433757028032",
}
"""The accounts that publish the built-in algorithm Object Detection, by region.

Source: image_uri_config/object-detection.json in the Python package sagemaker, read
on 2026-11-22; AWS: Docker Registry Paths and Example Code listed the same until it was
retired.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the meaning of a named image depends on.

    Attributes:
        region: The environment's region.
        gpu: Whether the transform's instance type has a GPU.
    """

    region: str
    gpu: bool


class Published:
    """Text, or the name of an image that AWS publishes, which becomes its URI."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Resolve the name before pydantic sees it."""
        return core_schema.with_info_before_validator_function(_uri, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the names beside the text."""
        names = [
            _named("framework", framework, versions)
            for framework, versions in FRAMEWORK_TAGS.items()
        ]
        names.append(_named("algorithm", "object-detection", OBJECT_DETECTION_TAGS))
        return {"anyOf": [handler(schema), *names]}


def _named(kind: str, name: str, tags: Mapping[str, str]) -> JsonSchemaValue:
    properties = {kind: {"const": name}, "version": {"enum": sorted(tags)}}
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _uri(written: Any, info: ValidationInfo[Surroundings]) -> Any:
    if not isinstance(written, dict):
        return written
    region = info.context.region
    if set(written) == {"framework", "version"}:
        account = REGIONS[region].framework_images
        name = _framework_image(written, gpu=info.context.gpu)
    elif set(written) == {"algorithm", "version"}:
        account = OBJECT_DETECTION_ACCOUNTS.get(region)
        name = _algorithm_image(written)
    else:
        raise broken(
            "An image that AWS publishes is named by {framework, version} or by "
            "{algorithm, version}.",
            'Write it as {framework: pytorch, version: "2.6"}.',
        )
    if account is None:
        raise broken(
            f"Which account publishes this image in {region} is not known here.",
            "Write the image's URI.",
        )
    return f"{account}.dkr.ecr.{region}.amazonaws.com/{name}"


def _framework_image(written: Mapping[str, Any], *, gpu: bool) -> str:
    framework = written["framework"]
    tags = _entry(FRAMEWORK_TAGS, framework, "A framework")
    tag = _entry(tags, written["version"], f"A version of {framework}")
    return f"{framework}-inference:{tag.format(processor='gpu' if gpu else 'cpu')}"


def _algorithm_image(written: Mapping[str, Any]) -> str:
    algorithms = {"object-detection": OBJECT_DETECTION_TAGS}
    tags = _entry(algorithms, written["algorithm"], "An algorithm")
    tag = _entry(tags, written["version"], "A version of object-detection")
    return f"object-detection:{tag}"


def _entry(table: Mapping[str, T], written: Any, what: str) -> T:
    known = sorted(table)
    if written not in known:
        raise broken(
            f"{what} is one of {', '.join(known)}; others are named by their URI.",
            nearest(str(written), known),
        )
    return table[written]
