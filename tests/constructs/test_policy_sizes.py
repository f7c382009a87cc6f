"""No policy becomes larger than AWS takes, whatever the files name."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from private_transform.access import perimeter
from private_transform.environment import (
    ArtifactSource,
    Container,
    DataCaptureConfig,
    DataSource,
    Environment,
    EnvironmentFileError,
    IamSettings,
    Model,
    Network,
    S3DataSource,
    Transform,
    TransformInput,
    TransformOutput,
    amounts,
    load_environment,
    shapes,
)
from private_transform.environment.rules import rights
from private_transform.lock import Buckets, endpoint_policy
from private_transform.policy_sizes import POLICIES, require_room
from tests.environment.folders import OUTSIDE, ROLE, written
from tests.representative import KEPT, PLAIN
from tests.synthesized import Resource, Synthesis, synthesize

_ACCOUNT = KEPT.account
_REGION = "ap-southeast-7"
_BUCKET = "arn:aws:s3:::" + "b" * 63
_KEY = f"arn:aws:kms:{_REGION}:{_ACCOUNT}:key/{'0' * 36}"
_LONGEST = {
    "AWS::EC2::SecurityGroup": "sg-" + "0" * 17,
    "AWS::EC2::Subnet": "subnet-" + "0" * 17,
    "AWS::EC2::VPCEndpoint": "vpce-" + "0" * 17,
    "AWS::KMS::Key": _KEY,
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:{'l' * 80}:*",
    "AWS::S3::Bucket": _BUCKET,
}


def people(count: int, **entry: Any) -> list[dict[str, Any]]:
    path = "department/" * 9
    return [{"role": f"{ROLE}{path}member-{n:03}", **entry} for n in range(count)]


def refused(folder: Path) -> list[tuple[str, int, str]]:
    environment = load_environment(folder, today=date(2026, 11, 22))
    with pytest.raises(EnvironmentFileError) as caught:
        require_room(environment, folder)
    return [
        (problem.path, problem.line, problem.rule) for problem in caught.value.problems
    ]


def test_the_representative_environment_has_room(tmp_path: Path) -> None:
    require_room(KEPT, tmp_path)


def test_too_many_uploaders_from_outside_are_refused_at_their_list(
    tmp_path: Path,
) -> None:
    many = people(100, outside=OUTSIDE)
    folder = written(tmp_path, environment={"people.uploaders": many})

    found = refused(folder)

    text = (folder / "environment.yaml").read_text("utf-8")
    line = text[: text.index('"uploaders"')].count("\n") + 1
    assert {(path, at) for path, at, _ in found} == {("people.uploaders", line)}
    policies = [re.findall("policy of (.*) would", rule)[0] for _, _, rule in found]
    assert policies == ["the inputs bucket", "the models bucket"]
    assert all("AWS takes 20480" in rule for _, _, rule in found)


def test_too_many_people_for_the_key_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, environment={"people.readers": people(250)})

    ((path, _, rule),) = refused(folder)

    assert path == "people.readers"
    assert "policy of the key" in rule
    assert "AWS takes 32768" in rule


def test_too_many_endpoints_are_refused(tmp_path: Path) -> None:
    many = [{"id": f"vpce-{n:017x}", **OUTSIDE} for n in range(150)]
    folder = written(tmp_path, environment={"trusted_endpoints": many})

    assert {path for path, _, _ in refused(folder)} == {"trusted_endpoints"}


def test_the_endpoint_takes_the_most_and_longest_sources_of_a_file() -> None:
    # AWS: Amazon VPC quotas: an endpoint's policy has up to 20,480 characters.
    prefix = "p" * (shapes.LONGEST_KEY - len(source(0).s3_uri) - 1)
    longest = tuple(
        replace(source(n), s3_uri=f"{source(n).s3_uri}{prefix}/")
        for n in range(amounts.ARTIFACT_SOURCE_COUNT.highest)
    )
    environment = replace(CROWDED, artifact_sources=longest)
    buckets = Buckets(models=_BUCKET, inputs=_BUCKET, outputs=_BUCKET, control=_BUCKET)

    policy = endpoint_policy(perimeter(environment, partition="aws"), buckets)

    assert len(json.dumps(policy, separators=(",", ":"))) <= 20_480


def test_what_is_measured_is_what_is_deployed(kept: Synthesis) -> None:
    deployed = {
        f"the {kind} bucket": kept.bucket_policy(bucket).properties["PolicyDocument"]
        for kind, bucket in kept.data_buckets.items()
    }
    deployed["the key"] = kept.key.properties["KeyPolicy"]

    for policy in POLICIES:
        actual = len(compact(deployed.pop(policy.name), kept))
        assert actual <= policy.size(KEPT) <= actual + 350, policy.name
    assert not deployed


def source(number: int) -> ArtifactSource:
    return ArtifactSource(
        s3_uri=f"s3://{number:063}/",
        account="0" * 12,
        key_arn=f"arn:aws:kms:{_REGION}:{'0' * 12}:key/mrk-{'0' * 60}",
        reason="released models",
        owner="registry",
        expires=date(2027, 6, 30),
    )


def transform(name: str, url: str, artifact: str, containers: int) -> Transform:
    """A transform of the longest names, and artifacts of which each is another."""
    prefix = "p" * 300 + "/"
    return replace(
        PLAIN,
        name=name * 24,
        model=Model(
            containers=tuple(
                Container(
                    image=f"{_ACCOUNT}.dkr.ecr.{_REGION}.amazonaws.com/{n:064}:1",
                    model_data_url=url.format(n) + artifact + ".tar.gz",
                    model_package_name=f"arn:aws:sagemaker:{_REGION}:{_ACCOUNT}:"
                    f"model-package/{name}{n:061}/123456789",
                )
                for n in range(containers)
            )
        ),
        transform_input=TransformInput(
            data_source=DataSource(
                s3_data_source=S3DataSource(s3_data_type="S3Prefix", s3_uri=prefix)
            )
        ),
        transform_output=TransformOutput(s3_output_path=f"{name}{prefix}"),
        data_capture_config=DataCaptureConfig(destination_s3_uri=f"c{name}{prefix}"),
    )


def fullest(url: str, name: str, containers: int) -> Transform:
    """The transform with the longest artifacts for whose names there is room."""
    fitting = [
        made
        for length in range(300)
        if not list(
            rights.room_for_names(
                CROWDED, made := transform(name, url, "k" * length, containers)
            )
        )
    ]
    assert 0 < len(fitting) < 300
    return fitting[-1]


CROWDED = Environment(
    name="e" * 16,
    stage="development",
    account=_ACCOUNT,
    region=_REGION,
    audit="own",
    network=Network(
        cidr="10.0.0.0/16",
        availability_zones=tuple(f"{_REGION}{letter}" for letter in "abcdef"),
    ),
    artifact_sources=tuple(source(n) for n in range(5)),
    iam=IamSettings(role_path=f"/{'a' * 438}/"),
)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The longest names, and as many of them as the rules let through."""
    transforms = (
        fullest("{:04}/", "o", 15),
        fullest("s3://{:063}/", "s", 5),
        transform("p", "{:04}/", "", 15),
    )
    assert not list(rights.room_for_packages(transforms))
    environment = replace(CROWDED, transforms=transforms)
    return synthesize(environment, tmp_path_factory.mktemp("crowded") / "assembly")


def test_no_role_has_more_rights_than_iam_takes(crowded: Synthesis) -> None:
    sizes = {
        role.ref: sum(
            len(compact(each["PolicyDocument"], crowded))
            for each in role.properties.get("Policies", [])
        )
        for role in crowded.all("AWS::IAM::Role")
    }

    assert max(sizes.values()) <= rights.RIGHTS_OF_A_ROLE, sizes
    roles = [crowded.execution_role(letter * 24) for letter in "os"]
    roles += [crowded.role_of(crowded.functions_of_the_environment()[1])]
    for role in roles:
        assert sizes[role.ref] >= rights.RIGHTS_OF_A_ROLE - 900, "room is wasted"


def test_no_duty_has_more_rights_than_iam_takes(kept: Synthesis) -> None:
    # AWS: IAM and AWS STS quotas: a managed policy has up to 6,144 characters.
    for policy in kept.all("AWS::IAM::ManagedPolicy"):
        assert len(compact(policy.properties["PolicyDocument"], kept)) <= 6_144


def compact(document: Any, synthesis: Synthesis) -> str:
    """The text of a document, with the longest values that references become."""
    text = json.dumps(document, separators=(",", ":"))
    return re.sub("<[^>]*>", lambda found: longest(synthesis.named(found[0])), text)


def longest(resource: Resource) -> str:
    return _LONGEST.get(resource.type, "x" * 120)
