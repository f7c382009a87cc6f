"""Rules that need several files: limits, room, destinations."""

from pathlib import Path

from tests.environment.folders import OUTSIDE, Changes, problems, written

CONTAINER = "model.primary_container"
PACKAGE = f"{CONTAINER}.model_package_name"
TYPE = "transform_resources.instance_type"
COUNT = "transform_resources.instance_count"
IMAGE = "model.primary_container.image"
ARTIFACT = "model.primary_container.model_data_url"
OUTPUT = "transform_output.s3_output_path"
CAPTURE = "data_capture_config.destination_s3_uri"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"


def test_a_breached_limit_names_both_files_with_their_lines(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        environment={"limits.instance_types": ["ml.m5.xlarge"]},
        transforms={"faces": {}},
    )

    (problem,) = problems(folder)

    text = (folder / "transforms" / "faces.yaml").read_text()
    line = text[: text.index("instance_type")].count("\n") + 1
    assert (problem.file.name, problem.line) == ("faces.yaml", line)
    assert problem.path == TYPE
    assert problem.value == "ml.m5.large"
    text = (folder / "environment.yaml").read_text()
    line = text[: text.index("instance_types")].count("\n") + 1
    place = f"{folder / 'environment.yaml'}:{line} limits.instance_types"
    assert problem.rule == f"{place} allows ml.m5.xlarge."


def breached(tmp_path: Path, *, limits: Changes, transform: Changes) -> list[str]:
    environment = {f"limits.{key}": value for key, value in limits.items()}
    folder = written(tmp_path, environment=environment, transforms={"faces": transform})
    return [problem.path for problem in problems(folder)]


def test_instances_are_limited(tmp_path: Path) -> None:
    limits = {"max_instance_count": 2}

    assert breached(tmp_path / "a", limits=limits, transform={COUNT: 3}) == [COUNT]
    assert breached(tmp_path / "b", limits=limits, transform={COUNT: 2}) == []


def test_registries_are_limited(tmp_path: Path) -> None:
    ours = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
    other = "444455556666.dkr.ecr.us-east-1.amazonaws.com"

    for name, allowed, expected in (
        ("a", [other], [IMAGE]),
        ("b", [], [IMAGE]),
        ("c", [other, ours], []),
    ):
        limits = {"registries": allowed}
        assert breached(tmp_path / name, limits=limits, transform={}) == expected


def test_registries_limit_what_aws_publishes_too(tmp_path: Path) -> None:
    limits = {"registries": ["111122223333.dkr.ecr.us-east-1.amazonaws.com"]}
    published = {IMAGE: {"algorithm": "object-detection", "version": "1"}}

    assert breached(tmp_path, limits=limits, transform=published) == [IMAGE]


def test_a_model_package_is_refused_where_registries_are_limited(
    tmp_path: Path,
) -> None:
    registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
    arn = "arn:aws:sagemaker:us-east-1:111122223333:model-package/faces/1"
    for name, limits, beside, refused in (
        ("alone", {"registries": [registry]}, {}, True),
        ("beside", {"registries": [registry]}, {"image": f"{registry}/f:1"}, True),
        ("none", {"registries": []}, {}, True),
        ("free", {}, {}, False),
    ):
        folder = written(
            tmp_path / name,
            environment={"limits": limits},
            transforms={"faces": {CONTAINER: {"model_package_name": arn, **beside}}},
        )
        found = problems(folder)

        assert [problem.path for problem in found] == [PACKAGE] * refused, name
        for problem in found:
            line = (folder / "environment.yaml").read_text().split("\n")
            number = next(n for n, text in enumerate(line, 1) if "registries" in text)
            assert f"environment.yaml:{number} limits.registries" in problem.rule
            assert "model_data_url" in problem.fix
            assert "platform team" in problem.fix


def test_local_disks_are_allowed_where_no_volume_key_is_required(
    tmp_path: Path,
) -> None:
    sizes = ("g4dn.xlarge", "g5.xlarge", "g6.xlarge", "g6e.xlarge", "trn1.2xlarge")
    for number, size in enumerate(sizes):
        local = {TYPE: f"ml.{size}"}
        strict, free = tmp_path / f"strict{number}", tmp_path / f"free{number}"
        limits = {"require_volume_key": False}

        assert breached(strict, limits={}, transform=local) == [TYPE]
        assert breached(free, limits=limits, transform=local) == []


def test_a_driver_is_allowed_on_a_gpu(tmp_path: Path) -> None:
    gpu = {
        TYPE: "ml.p3.2xlarge",
        "transform_resources.transform_ami_version": "al2-ami-sagemaker-batch-gpu-470",
    }

    assert breached(tmp_path, limits={}, transform=gpu) == []


def test_an_artifact_outside_lies_below_a_named_source(tmp_path: Path) -> None:
    sources = {
        "artifact_sources": [
            {"s3_uri": "s3://company-models/released/", **OUTSIDE},
            {"s3_uri": "s3://partner-models/", "account": "444455556666", **OUTSIDE},
        ]
    }
    for name, url, refused in (
        ("first", "s3://company-models/released/a/model.tar.gz", False),
        ("second", "s3://partner-models/model.tar.gz", False),
        ("ours", "faces/model.tar.gz", False),
        ("beside", "s3://company-models/drafts/model.tar.gz", True),
        ("alike", "s3://company-models/released-not/model.tar.gz", True),
        ("longer", "s3://partner-models-too/model.tar.gz", True),
    ):
        folder = written(
            tmp_path / name, environment=sources, transforms={"faces": {ARTIFACT: url}}
        )
        found = [(problem.file.name, problem.path) for problem in problems(folder)]

        assert found == ([("faces.yaml", ARTIFACT)] if refused else []), name


def test_an_artifact_of_no_source_names_both_files_with_their_lines(
    tmp_path: Path,
) -> None:
    url = "s3://drafts/model.tar.gz"
    folder = written(
        tmp_path,
        environment={
            "artifact_sources": [{"s3_uri": "s3://company-models/", **OUTSIDE}]
        },
        transforms={"faces": {ARTIFACT: url}},
    )

    (problem,) = problems(folder)

    text = (folder / "transforms" / "faces.yaml").read_text()
    line = text[: text.index("model_data_url")].count("\n") + 1
    assert (problem.file.name, problem.line) == ("faces.yaml", line)
    assert problem.value == url
    text = (folder / "environment.yaml").read_text()
    line = text[: text.index("artifact_sources")].count("\n") + 1
    place = f"{folder / 'environment.yaml'}:{line} artifact_sources"
    assert f"{place}: s3://company-models/." in problem.rule


def test_all_transforms_together_fit_into_the_subnets(tmp_path: Path) -> None:
    # 10.20.0.0/24 in two zones: 123 usable addresses in each, for 61 instances.
    fits = written(
        tmp_path / "a",
        transforms={"one": {COUNT: 61}, "two": {COUNT: 61, OUTPUT: "b/"}},
    )
    full = written(
        tmp_path / "b",
        transforms={
            "one": {COUNT: 61},
            "two": {COUNT: 61, OUTPUT: "b/"},
            "three": {OUTPUT: "c/"},
        },
    )

    assert problems(fits) == []
    (problem,) = problems(full)
    assert (problem.file.name, problem.path) == ("environment.yaml", "network.cidr")
    assert "122 instances" in problem.rule
    assert "123" in problem.rule


def test_destinations_lie_apart(tmp_path: Path) -> None:
    for name, first, second, refused in (
        ("same", {OUTPUT: "a/"}, {OUTPUT: "a/"}, [OUTPUT]),
        ("inside", {OUTPUT: "a/"}, {OUTPUT: "a/b/"}, [OUTPUT]),
        ("around", {OUTPUT: "a/b/"}, {OUTPUT: "a/"}, [OUTPUT]),
        ("capture", {OUTPUT: "a/", CAPTURE: "c/"}, {OUTPUT: "c/d/"}, [OUTPUT]),
        ("captures", {CAPTURE: "c/"}, {OUTPUT: "b/", CAPTURE: "c/"}, [CAPTURE]),
        ("alike", {OUTPUT: "a/"}, {OUTPUT: "ab/", CAPTURE: "abc/"}, []),
    ):
        folder = written(tmp_path / name, transforms={"x": first, "y": second})
        found = [(problem.file.name, problem.path) for problem in problems(folder)]

        assert found == [("y.yaml", path) for path in refused], name


def test_tags_of_both_files_are_counted_together(tmp_path: Path) -> None:
    environment = {"tags": {f"e{n}": n for n in range(30)}}
    for name, count, refused in (("fits", 18, []), ("full", 19, ["tags"])):
        tags = {"tags": {f"t{n}": n for n in range(count)}}
        folder = written(
            tmp_path / name, environment=environment, transforms={"faces": tags}
        )

        assert [problem.path for problem in problems(folder)] == refused


def containers(count: int, **keys: str) -> Changes:
    """As many containers as asked for; `#` in a value becomes the number of each."""
    return {
        "model": {
            "containers": [
                {key: value.replace("#", f"{n:03}") for key, value in keys.items()}
                for n in range(count)
            ]
        }
    }


def test_an_execution_role_has_room_for_what_it_names(tmp_path: Path) -> None:
    for name, letters, refused in (("usual", 100, []), ("long", 250, ["model"])):
        many = containers(
            15, image=f"{REGISTRY}/f#:1", model_data_url=f"{'f' * letters}/#.tar.gz"
        )
        found = problems(written(tmp_path / name, transforms={"faces": many}))

        assert [problem.path for problem in found] == refused, name
        assert all("5500 characters" in problem.rule for problem in found)


def test_what_a_key_of_a_source_decrypts_is_named_twice(tmp_path: Path) -> None:
    key = "arn:aws:kms:us-east-1:444455556666:key/01234567-89ab-cdef-0123-456789abcdef"
    many = containers(
        15,
        image=f"{REGISTRY}/f#:1",
        model_data_url=f"s3://company-models/{'f' * 120}/#.tar.gz",
    )
    for name, of_source, refused in (
        ("open", {}, []),
        ("keyed", {"key_arn": key}, ["model"]),
    ):
        source = {"s3_uri": "s3://company-models/", **OUTSIDE, **of_source}
        folder = written(
            tmp_path / name,
            environment={"artifact_sources": [source]},
            transforms={"faces": many},
        )

        assert [problem.path for problem in problems(folder)] == refused, name


def test_the_launcher_has_room_for_the_packages_of_all_transforms(
    tmp_path: Path,
) -> None:
    start = "arn:aws:sagemaker:us-east-1:111122223333:model-package/"
    for name, third, refused in (("same", "b", []), ("other", "c", ["z.yaml"])):
        folder = written(
            tmp_path / name,
            transforms={
                transform: {
                    **containers(15, model_package_name=f"{start}{group * 55}#/1"),
                    OUTPUT: f"{transform}/",
                }
                for transform, group in (("x", "a"), ("y", "b"), ("z", third))
            },
        )

        found = [(problem.file.name, problem.path) for problem in problems(folder)]
        assert found == [(file, "model") for file in refused], name
