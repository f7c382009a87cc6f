"""Each rule of a transform's file: one value that breaks it and one that just obeys."""

from pathlib import Path
from typing import Any

import pytest

from tests.environment.folders import ABSENT, TRANSFORM, problems, written

CONTAINER = "model.primary_container"
CONTENT = TRANSFORM["model"]["primary_container"]
PACKAGE = "arn:aws:sagemaker:us-east-1:111122223333:model-package/faces/1"
URI = "transform_input.data_source.s3_data_source.s3_uri"
TYPE = "transform_input.data_source.s3_data_source.s3_data_type"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
CSV = {
    "transform_input.content_type": "text/csv",
    "transform_output.accept": "text/csv",
}

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "an unknown key",
        {"instance_type": "ml.m5.large"},
        "instance_type",
        "no such key",
    ),
    ("a key of the folder", {"name": "faces"}, "name", "no such key"),
    ("no input", {"transform_input": ABSENT}, "transform_input", "required"),
    ("no model", {"model": {}}, "model.containers", "primary_container"),
    (
        "both spellings of the container",
        {"model.containers": [CONTENT]},
        "model.primary_container",
        "not both",
    ),
    (
        "containers too many",
        {"model": {"containers": [CONTENT] * 16}},
        "model.containers",
        "15",
    ),
    (
        "a key of a container that is not known",
        {f"{CONTAINER}.imge": "x"},
        f"{CONTAINER}.imge",
        "no such key",
    ),
    ("no image", {CONTAINER: {}}, f"{CONTAINER}.image", "model_package_name"),
    (
        "an image without a tag",
        {f"{CONTAINER}.image": f"{REGISTRY}/faces"},
        f"{CONTAINER}.image",
        "tag",
    ),
    (
        "the latest image",
        {f"{CONTAINER}.image": f"{REGISTRY}/faces:latest"},
        f"{CONTAINER}.image",
        "latest",
    ),
    (
        "an image that is not in ECR",
        {f"{CONTAINER}.image": "docker.io/library/python:3.12"},
        f"{CONTAINER}.image",
        "ECR",
    ),
    (
        "an image whose name is too long",
        {f"{CONTAINER}.image": f"{REGISTRY}/{'a' * 206}:1.0.0"},
        f"{CONTAINER}.image",
        "ECR",
    ),
    (
        "an image of another region",
        {
            f"{CONTAINER}.image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/f:1",
        },
        f"{CONTAINER}.image",
        "us-east-1",
    ),
    (
        "an image of another partition's host name",
        {f"{CONTAINER}.image": f"{REGISTRY}.cn/faces:1"},
        f"{CONTAINER}.image",
        "ECR",
    ),
    (
        "an artifact that is no archive",
        {f"{CONTAINER}.model_data_url": "faces/model.zip"},
        f"{CONTAINER}.model_data_url",
        ".tar.gz",
    ),
    (
        "an artifact with a slash at the start",
        {f"{CONTAINER}.model_data_url": "/faces/model.tar.gz"},
        f"{CONTAINER}.model_data_url",
        "key in the models bucket",
    ),
    (
        "an artifact through its parent",
        {f"{CONTAINER}.model_data_url": "faces/../model.tar.gz"},
        f"{CONTAINER}.model_data_url",
        "empty, . or ..",
    ),
    (
        "an artifact outside through its parent",
        {f"{CONTAINER}.model_data_url": "s3://models-of-ours/../model.tar.gz"},
        f"{CONTAINER}.model_data_url",
        "empty, . or ..",
    ),
    (
        "a digest in capitals",
        {f"{CONTAINER}.artifact_sha256": "A" * 64},
        f"{CONTAINER}.artifact_sha256",
        "64",
    ),
    (
        "a digest of no artifact",
        {
            f"{CONTAINER}.artifact_sha256": "a" * 64,
            f"{CONTAINER}.model_data_url": ABSENT,
        },
        f"{CONTAINER}.artifact_sha256",
        "model_data_url",
    ),
    (
        "a package with an artifact in the models bucket",
        {
            CONTAINER: {
                "model_package_name": PACKAGE,
                "model_data_url": "faces/model.tar.gz",
            }
        },
        f"{CONTAINER}.model_data_url",
        "restricted to a VPC",
    ),
    (
        "a package of another region",
        {CONTAINER: {"model_package_name": PACKAGE.replace("us-east-1", "us-west-2")}},
        f"{CONTAINER}.model_package_name",
        "arn:aws:sagemaker:us-east-1:",
    ),
    (
        "a package of another partition",
        {CONTAINER: {"model_package_name": PACKAGE.replace("arn:aws", "arn:aws-cn")}},
        f"{CONTAINER}.model_package_name",
        "ARN",
    ),
    (
        "a package with a digest",
        {CONTAINER: {"model_package_name": PACKAGE, "artifact_sha256": "a" * 64}},
        f"{CONTAINER}.artifact_sha256",
        "version",
    ),
    (
        "a package whose image is in another region",
        {
            CONTAINER: {
                "model_package_name": PACKAGE,
                "image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/f:1",
            }
        },
        f"{CONTAINER}.image",
        "us-east-1",
    ),
    (
        "an artifact outside, where no source is named",
        {f"{CONTAINER}.model_data_url": "s3://models-of-ours/faces/model.tar.gz"},
        f"{CONTAINER}.model_data_url",
        "artifact_sources: none",
    ),
    (
        "a package by its name",
        {CONTAINER: {"model_package_name": "faces"}},
        f"{CONTAINER}.model_package_name",
        "ARN",
    ),
    (
        "a specification of no package",
        {f"{CONTAINER}.inference_specification_name": "cpu"},
        f"{CONTAINER}.inference_specification_name",
        "model package",
    ),
    (
        "a host name with a dot",
        {f"{CONTAINER}.container_hostname": "a.b"},
        f"{CONTAINER}.container_hostname",
        "63",
    ),
    (
        "a host name twice",
        {
            "model": {
                "containers": [
                    {**CONTENT, "container_hostname": "a"},
                    {**CONTENT, "container_hostname": "a"},
                ]
            }
        },
        "model.containers[1].container_hostname",
        "differ",
    ),
    (
        "a host name for one of two",
        {"model": {"containers": [CONTENT, {**CONTENT, "container_hostname": "a"}]}},
        "model.containers[0].container_hostname",
        "all of them",
    ),
    (
        "a variable with a hyphen in its name",
        {f"{CONTAINER}.environment": {"LOG-LEVEL": "info"}},
        f"{CONTAINER}.environment.LOG-LEVEL",
        "underscores",
    ),
    (
        "a variable without value",
        {f"{CONTAINER}.environment": {"LEVEL": None}},
        f"{CONTAINER}.environment.LEVEL",
        "no value",
    ),
    (
        "a model's variable too long",
        {f"{CONTAINER}.environment": {"A": "x" * 1025}},
        f"{CONTAINER}.environment.A",
        "1024",
    ),
    (
        "model variables too many",
        {f"{CONTAINER}.environment": {f"V{n}": "" for n in range(101)}},
        f"{CONTAINER}.environment",
        "100",
    ),
    (
        "model variables too large together",
        {f"{CONTAINER}.environment": {f"V{n:03}": "é" * 510 for n in range(33)}},
        "model",
        "32 KB",
    ),
    ("a prefix without its slash", {URI: "photos"}, URI, "slash"),
    ("a prefix with a slash at the start", {URI: "/photos/"}, URI, "slash"),
    ("a prefix with an empty part", {URI: "photos//x/"}, URI, "empty, . or .."),
    ("a prefix with a dot for a part", {URI: "photos/./x/"}, URI, "empty, . or .."),
    ("a prefix that is its parent", {URI: "../"}, URI, "empty, . or .."),
    (
        "a manifest below its parent",
        {TYPE: "ManifestFile", URI: "photos/../list.json"},
        URI,
        "empty, . or ..",
    ),
    ("a prefix with a bucket", {URI: "s3://inputs/photos/"}, URI, "inputs bucket"),
    ("a prefix with a wildcard", {URI: "photos*/"}, URI, "letters"),
    ("a prefix too long", {URI: f"{'a' * 860}/"}, URI, "inputs bucket"),
    ("a manifest with a slash", {TYPE: "ManifestFile"}, URI, "one object"),
    (
        "a manifest without a folder",
        {TYPE: "ManifestFile", URI: "monday.json"},
        URI,
        "folder",
    ),
    ("another kind of input", {TYPE: "AugmentedManifestFile"}, TYPE, "ManifestFile"),
    (
        "a content type in a word",
        {"transform_input.content_type": "jpeg"},
        "transform_input.content_type",
        "MIME",
    ),
    (
        "a compression that is not known",
        {"transform_input.compression_type": "gzip"},
        "transform_input.compression_type",
        "Gzip",
    ),
    (
        "a split that is not known",
        {"transform_input.split_type": "Lines"},
        "transform_input.split_type",
        "RecordIO",
    ),
    (
        "an output path without its slash",
        {"transform_output.s3_output_path": "faces"},
        "transform_output.s3_output_path",
        "slash",
    ),
    (
        "an output path through its parent",
        {"transform_output.s3_output_path": "faces/../other/"},
        "transform_output.s3_output_path",
        "empty, . or ..",
    ),
    (
        "an assembly that is not known",
        {"transform_output.assemble_with": "RecordIO"},
        "transform_output.assemble_with",
        "None, Line",
    ),
    (
        "an instance type that is not for transform",
        {"transform_resources.instance_type": "ml.t3.large"},
        "transform_resources.instance_type",
        "transform jobs",
    ),
    (
        "no instance",
        {"transform_resources.instance_count": 0},
        "transform_resources.instance_count",
        "1 to 100",
    ),
    (
        "a fraction of an instance",
        {"transform_resources.instance_count": 1.5},
        "transform_resources.instance_count",
        "1 to 100",
    ),
    (
        "instances too many for AWS",
        {"transform_resources.instance_count": 101},
        "transform_resources.instance_count",
        "1 to 100",
    ),
    (
        "instances too many for a subnet",
        {"transform_resources.instance_count": 62},
        "transform_resources.instance_count",
        "61 instances",
    ),
    (
        "a driver on a type without GPU",
        {
            "transform_resources.transform_ami_version": (
                "al2-ami-sagemaker-batch-gpu-535"
            )
        },
        "transform_resources.transform_ami_version",
        "GPU",
    ),
    (
        "a driver that is not known",
        {"transform_resources.transform_ami_version": "al2"},
        "transform_resources.transform_ami_version",
        "AMI version",
    ),
    (
        "local disks",
        {"transform_resources.instance_type": "ml.g5.xlarge"},
        "transform_resources.instance_type",
        "hardware",
    ),
    (
        "a fallback with a GPU for a type without",
        {
            "transform_resources.fallback_instance_types": [
                "ml.m5.xlarge",
                "ml.p3.2xlarge",
            ]
        },
        "transform_resources.fallback_instance_types[1]",
        "same image",
    ),
    (
        "a fallback without a GPU for a type with one",
        {
            "transform_resources.instance_type": "ml.p3.2xlarge",
            "transform_resources.fallback_instance_types": ["ml.m5.large"],
        },
        "transform_resources.fallback_instance_types[0]",
        "has one",
    ),
    (
        "a fallback that is the first type again",
        {"transform_resources.fallback_instance_types": ["ml.m5.large"]},
        "transform_resources.fallback_instance_types[0]",
        "named once",
    ),
    (
        "a fallback that is no type",
        {"transform_resources.fallback_instance_types": ["ml.m5.lrge"]},
        "transform_resources.fallback_instance_types[0]",
        "transform jobs",
    ),
    (
        "fallbacks without end",
        {
            "transform_resources.fallback_instance_types": [
                f"ml.m5.{size}xlarge" for size in ("", 2, 4, 12, 24)
            ]
        },
        "transform_resources.fallback_instance_types",
        "Up to 4",
    ),
    (
        "a fallback with local disks",
        {
            "transform_resources.instance_type": "ml.p3.2xlarge",
            "transform_resources.fallback_instance_types": ["ml.g5.xlarge"],
        },
        "transform_resources.fallback_instance_types[0]",
        "hardware",
    ),
    (
        "a smoke run without input",
        {"on_deploy": "smoke"},
        "on_deploy",
        "there is none",
    ),
    (
        "an input that no smoke run reads",
        {"smoke_input": "smoke/"},
        "smoke_input",
        "on_deploy is run",
    ),
    (
        "a smoke input that is no prefix",
        {"on_deploy": "smoke", "smoke_input": "smoke/a.jpg"},
        "smoke_input",
        "ends with a slash",
    ),
    (
        "a deployment that does what nobody knows",
        {"on_deploy": "all"},
        "on_deploy",
        "smoke",
    ),
    (
        "less than no failed input",
        {"max_failed_inputs": -1},
        "max_failed_inputs",
        "0 to 10,000",
    ),
    (
        "a budget of failed inputs that nobody counts",
        {"max_failed_inputs": 1, TYPE: "ManifestFile", URI: "inputs/list"},
        "max_failed_inputs",
        "is not opened",
    ),
    ("payload too large", {"max_payload_in_mb": 101}, "max_payload_in_mb", "0 to 100"),
    (
        "payload in flight too large",
        {"max_concurrent_transforms": 10, "max_payload_in_mb": 11},
        "max_concurrent_transforms",
        "not 110",
    ),
    (
        "the default payload in flight too large",
        {"max_concurrent_transforms": 17},
        "max_concurrent_transforms",
        "not 102",
    ),
    (
        "a strategy without a split",
        {"batch_strategy": "SingleRecord"},
        "batch_strategy",
        "split",
    ),
    (
        "a strategy without a real split",
        {"batch_strategy": "MultiRecord", "transform_input.split_type": "None"},
        "batch_strategy",
        "split",
    ),
    (
        "a job's variable too long",
        {"environment": {"A": "x" * 10241}},
        "environment.A",
        "10240",
    ),
    (
        "job variables too many",
        {"environment": {f"V{n}": "" for n in range(17)}},
        "environment",
        "16",
    ),
    (
        "a password",
        {"environment": {"DB_PASSWORD": "x"}},
        "environment.DB_PASSWORD",
        "se",
    ),
    ("a token", {"environment": {"HF_TOKEN": "x"}}, "environment.HF_TOKEN", "secret"),
    (
        "an access key's id",
        {"environment": {"ID": f"AKIA{'A' * 16}"}},
        "environment.ID",
        "secret",
    ),
    (
        "a timeout too long",
        {"model_client_config.invocations_timeout_in_seconds": 3601},
        "model_client_config.invocations_timeout_in_seconds",
        "3600",
    ),
    (
        "retries too many",
        {"model_client_config.invocations_max_retries": 4},
        "model_client_config.invocations_max_retries",
        "0 to 3",
    ),
    (
        "a filter that is no JSONPath",
        {**CSV, "data_processing.input_filter": "features"},
        "data_processing.input_filter",
        "JSONPath",
    ),
    (
        "a filter that asks a question",
        {**CSV, "data_processing.input_filter": "$[?(@.a > 1)]"},
        "data_processing.input_filter",
        "JSONPath",
    ),
    (
        "a filter too long",
        {**CSV, "data_processing.output_filter": f"$.{'a' * 62}"},
        "data_processing.output_filter",
        "63",
    ),
    (
        "a filter of images",
        {
            "transform_input.content_type": "image/jpeg",
            "data_processing.input_filter": "$.a",
        },
        "data_processing.input_filter",
        "text/csv",
    ),
    (
        "a filter of an answer of no type",
        {"data_processing.output_filter": "$.a"},
        "data_processing.output_filter",
        "transform_output.accept",
    ),
    (
        "a join of images",
        {
            "transform_input.content_type": "image/jpeg",
            "transform_output.accept": "image/jpeg",
            "data_processing.join_source": "Input",
        },
        "data_processing.join_source",
        "images cannot",
    ),
    (
        "a join of two types",
        {
            "transform_input.content_type": "text/csv",
            "transform_output.accept": "application/json",
            "data_processing.join_source": "Input",
        },
        "data_processing.join_source",
        "accept equals",
    ),
    (
        "a join that is split but not assembled",
        {
            **CSV,
            "transform_input.split_type": "Line",
            "data_processing.join_source": "Input",
        },
        "data_processing.join_source",
        "assemble_with",
    ),
    (
        "a capture without its slash",
        {"data_capture_config.destination_s3_uri": "captured"},
        "data_capture_config.destination_s3_uri",
        "slash",
    ),
    (
        "a capture among the outputs",
        {"data_capture_config.destination_s3_uri": "faces/captured/"},
        "data_capture_config.destination_s3_uri",
        "faces/ is",
    ),
    (
        "an experiment's name with a space",
        {"experiment_config.experiment_name": "my faces"},
        "experiment_config.experiment_name",
        "120",
    ),
    ("an AWS tag", {"tags": {"aws:x": "y"}}, "tags.aws:x", "aws:"),
    (
        "a tag of ours",
        {"tags": {"private-transform:transform": "other"}},
        "tags.private-transform:transform",
        "ours",
    ),
    ("an unknown completion", {"completion": "async"}, "completion", "wait, launch"),
    ("a run without a name", {"run": ""}, "run", "1 to 64"),
]

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("what is right", {}),
    (
        "an image by its digest",
        {f"{CONTAINER}.image": f"{REGISTRY}/f@sha256:{'0' * 64}"},
    ),
    ("a tag that starts with latest", {f"{CONTAINER}.image": f"{REGISTRY}/f:latest-1"}),
    ("an image in a folder", {f"{CONTAINER}.image": f"{REGISTRY}/team/faces_v2:1"}),
    (
        "an image whose name is just not too long",
        {f"{CONTAINER}.image": f"{REGISTRY}/{'a' * 204}:1.0.0"},
    ),
    ("an image without an artifact", {f"{CONTAINER}.model_data_url": ABSENT}),
    ("an artifact with its digest", {f"{CONTAINER}.artifact_sha256": "a" * 64}),
    (
        "a package",
        {
            CONTAINER: {
                "model_package_name": PACKAGE,
                "inference_specification_name": "cpu",
            }
        },
    ),
    (
        "a package beside the image that it brings",
        {CONTAINER: {"image": f"{REGISTRY}/f:1", "model_package_name": PACKAGE}},
    ),
    ("fifteen containers", {"model": {"containers": [CONTENT] * 15}}),
    (
        "host names that differ",
        {
            "model": {
                "containers": [
                    {**CONTENT, "container_hostname": "a"},
                    {**CONTENT, "container_hostname": "b"},
                ]
            }
        },
    ),
    (
        "a hundred variables",
        {f"{CONTAINER}.environment": {f"V{n}": n for n in range(100)}},
    ),
    (
        "variables of 32 KB",
        {f"{CONTAINER}.environment": {f"V{n:02}": "x" * 1021 for n in range(32)}},
    ),
    ("a manifest", {TYPE: "ManifestFile", URI: "manifests/monday.json"}),
    ("a prefix of a partitioned table", {URI: "photos/day=2026-11-22/"}),
    ("a prefix with dots in its names", {URI: "photos/.hidden/v1..2/..x/"}),
    ("the longest prefix", {URI: f"{'a' * 859}/"}),
    (
        "words that say None",
        {
            "transform_input.compression_type": "None",
            "transform_input.split_type": "None",
            "transform_output.assemble_with": "None",
            "data_processing.join_source": "None",
        },
    ),
    ("as many instances as fit", {"transform_resources.instance_count": 61}),
    (
        "a budget for the inputs of a smoke run",
        {
            TYPE: "ManifestFile",
            URI: "inputs/list",
            "on_deploy": "smoke",
            "smoke_input": "few/",
            "max_failed_inputs": 1,
        },
    ),
    ("streaming", {"max_payload_in_mb": 0, "max_concurrent_transforms": 200}),
    ("the largest payload", {"max_payload_in_mb": 100, "max_concurrent_transforms": 1}),
    (
        "asking the container",
        {"max_payload_in_mb": 100, "max_concurrent_transforms": 0},
    ),
    ("the most in flight", {"max_concurrent_transforms": 10, "max_payload_in_mb": 10}),
    ("the most by default", {"max_concurrent_transforms": 16}),
    (
        "batches of lines",
        {"batch_strategy": "MultiRecord", "transform_input.split_type": "Line"},
    ),
    ("sixteen variables", {"environment": {f"V{n}": n for n in range(16)}}),
    ("the longest variable", {"environment": {"A": "x" * 10240}}),
    ("numbers of tokens", {"environment": {"MAX_TOKENS": 128, "TOKENIZERS": "x"}}),
    (
        "the longest patience",
        {
            "model_client_config": {
                "invocations_timeout_in_seconds": 3600,
                "invocations_max_retries": 3,
            }
        },
    ),
    (
        "the shortest patience",
        {
            "model_client_config": {
                "invocations_timeout_in_seconds": 1,
                "invocations_max_retries": 0,
            }
        },
    ),
    (
        "filters and a join",
        {
            **CSV,
            "transform_input.split_type": "Line",
            "transform_output.assemble_with": "Line",
            "data_processing": {
                "input_filter": "$[1:]",
                "output_filter": "$[0,-1]",
                "join_source": "Input",
            },
        },
    ),
    (
        "filters by name",
        {
            "transform_input.content_type": "application/jsonlines",
            "transform_output.accept": "application/json",
            "data_processing": {
                "input_filter": "$.features.*",
                "output_filter": "$['id','SageMakerOutput']",
            },
        },
    ),
    ("the filter of everything", {"data_processing": {"input_filter": "$"}}),
    ("the longest filter", {**CSV, "data_processing.input_filter": f"$.{'a' * 61}"}),
    (
        "a capture",
        {
            "data_capture_config": {
                "destination_s3_uri": "captured/",
                "generate_inference_id": True,
            }
        },
    ),
    ("an experiment", {"experiment_config.run_name": "a" * 120}),
    ("a launch", {"completion": "launch", "run": "2026-11-22"}),
]


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [pytest.param(*rest, id=name) for name, *rest in REFUSED],
)
def test_it_is_refused_at_its_place_for_its_reason(
    tmp_path: Path, changes: dict[str, Any], path: str, sentence: str
) -> None:
    found = problems(written(tmp_path, transforms={"faces": changes}))

    assert [(problem.path, problem.file.name) for problem in found] == [
        (path, "faces.yaml")
    ]
    assert sentence in found[0].rule


@pytest.mark.parametrize(
    "changes", [pytest.param(changes, id=name) for name, changes in ALLOWED]
)
def test_it_is_allowed(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert problems(written(tmp_path, transforms={"faces": changes})) == []


@pytest.mark.parametrize(
    "name", ["Faces", "faces_2", "2faces", "a--b", "a" * 25, "foundation", "operations"]
)
def test_a_transform_name_is_refused(tmp_path: Path, name: str) -> None:
    (problem,) = problems(written(tmp_path, transforms={name: {}}))

    assert (problem.path, problem.value) == ("name", name)
    assert "24" in problem.rule


@pytest.mark.parametrize("name", ["a", "faces-2", "a" * 24, "foundation-2"])
def test_a_transform_name_is_allowed(tmp_path: Path, name: str) -> None:
    assert problems(written(tmp_path, transforms={name: {}})) == []


def test_the_longest_names_leave_room_for_what_is_appended() -> None:
    environment, transform, digest = "a" * 16, "b" * 24, "c" * 8

    # AWS: CreateTransformJob: 63 characters.
    assert len(f"{environment}-{transform}-{digest}-{digest}") <= 63


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASS",
        "PASS",
        "PASS_2",
        "PASS2",
        "db_pass",
        "PASSPHRASE",
        "CREDS",
        "AWS_CREDS_FILE",
        "CRED",
        "GITHUB_PAT",
        "AUTH",
        "BASIC_AUTH",
        "AUTH_HEADER",
        "OAUTH",
        "BEARER",
        "TOKEN_1",
        "HFTOKEN",
        "hfToken",
    ],
)
def test_a_name_that_looks_like_a_secret_is_refused(tmp_path: Path, name: str) -> None:
    changes = {"environment": {name: "hunter2"}}

    (problem,) = problems(written(tmp_path, transforms={"faces": changes}))

    assert problem.path == f"environment.{name}"
    assert "secret" in problem.rule


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "MODEL_PATH",
        "PYTHONPATH",
        "PATTERN",
        "PATIENCE",
        "AUTHOR",
        "MODEL_AUTHORS",
        "AUTHORITY",
        "COMPASS",
        "BYPASS",
        "PASSES",
        "PASSENGERS",
        "SACRED",
        "CREDIT",
        "MAX_TOKENS",
        "TOKENIZERS_PARALLELISM",
        "FORBEARER",
    ],
)
def test_a_name_that_only_holds_such_letters_is_allowed(
    tmp_path: Path, name: str
) -> None:
    changes = {"environment": {name: "x"}}

    assert problems(written(tmp_path, transforms={"faces": changes})) == []


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    changes = {"environment": {"DB_PASSWORD": "hunter2"}}

    (problem,) = problems(written(tmp_path, transforms={"faces": changes}))

    assert "hunter2" not in str(problem)
