"""Reading a folder: what is loaded, and every problem at once."""

from datetime import date
from pathlib import Path

import pytest

from private_transform.environment import (
    Container,
    EnvironmentFileError,
    load_environment,
)
from tests.environment.folders import TODAY, loaded, problems, written


def test_an_environment_is_loaded_with_its_transforms_in_the_order_of_names(
    tmp_path: Path,
) -> None:
    output = "transform_output.s3_output_path"
    folder = written(
        tmp_path,
        transforms={"zebras": {output: "z/"}, "apes": {output: "a/"}},
    )

    environment = loaded(folder)

    assert environment.name == "lab"
    assert environment.stack_name("foundation") == "lab-foundation"
    assert [transform.name for transform in environment.transforms] == [
        "apes",
        "zebras",
    ]


def test_an_environment_without_transforms_is_loaded(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "transforms").rmdir()

    assert loaded(folder).transforms == ()


def test_the_folder_may_be_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(written(tmp_path))

    assert loaded(Path(".")).name == "lab"


def test_what_is_absent_has_its_documented_default(tmp_path: Path) -> None:
    environment = loaded(written(tmp_path, transforms={"faces": {}}))
    (transform,) = environment.transforms

    assert environment.protection == "keep"
    assert environment.key.rotation_period_in_days == 365
    assert environment.key.pending_window_in_days == 30
    assert environment.retention.logs_in_days == 365
    assert environment.retention.noncurrent_versions_in_days == 90
    assert environment.trusted_endpoints == ()
    assert environment.sagemaker_api_reads is None
    assert not environment.lock_management
    assert environment.limits.require_volume_key
    assert environment.limits.instance_types is None
    assert environment.iam.role_path == "/private-transform/"
    assert environment.iam.permissions_boundary is None
    assert environment.bootstrap_qualifier == "hnb659fds"
    assert transform.completion == "wait"
    assert transform.run == "1"
    assert transform.max_payload_in_mb is None
    assert transform.data_processing is None


def test_a_primary_container_becomes_the_only_container(tmp_path: Path) -> None:
    (transform,) = loaded(written(tmp_path, transforms={"faces": {}})).transforms

    assert transform.model.containers == (
        Container(
            image="111122223333.dkr.ecr.us-east-1.amazonaws.com/faces:1.0.0",
            model_data_url="faces/model.tar.gz",
        ),
    )


def test_what_a_person_wrote_stays_what_it_was(tmp_path: Path) -> None:
    folder = written(tmp_path)
    text = (
        "stage: development\naccount: 011122223333\nregion: us-east-1\naudit: own\n"
        "network: {cidr: 10.20.0.0/24, availability_zones: [us-east-1a]}\n"
        "tags: {version: 2.10, at: 12:30, ask: no}\n"
    )
    (folder / "environment.yaml").write_text(text, "utf-8")

    environment = loaded(folder)

    assert environment.account == "011122223333"
    assert environment.tags == {
        "version": "2.10",
        "at": "12:30",
        "ask": "no",
    }


def test_the_network_is_cut_in_equal_parts_one_for_each_zone(tmp_path: Path) -> None:
    zones = {"network.availability_zones": [f"us-east-1{letter}" for letter in "abc"]}

    network = loaded(written(tmp_path, environment=zones)).network

    assert tuple(network.subnets.values()) == (
        "10.20.0.0/26",
        "10.20.0.64/26",
        "10.20.0.128/26",
    )


def test_one_zone_has_the_whole_network(tmp_path: Path) -> None:
    zone = {"network.availability_zones": ["us-east-1a"]}

    alone = loaded(written(tmp_path, environment=zone)).network
    assert tuple(alone.subnets.values()) == ("10.20.0.0/24",)


def test_every_problem_of_every_file_is_found_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        environment={
            "regoin": "us-east-1",
            "network.cidr": "8.8.0.0/24",
            "key.pending_window_in_days": 5,
            "people.readers.0.role": "arn:aws:iam::444455556666:role/reader",
        },
        transforms={
            "one": {"run": "", "max_concurrent_transforms": 100},
            "two": {"transform_resources.instance_type": "ml.g5.xlarge"},
        },
    )
    (folder / "transforms" / "three.yaml").write_text("model: [", "utf-8")

    found = [(problem.file.name, problem.path) for problem in problems(folder)]

    assert found == [
        ("environment.yaml", "network.cidr"),
        ("environment.yaml", "people.readers[0].role"),
        ("environment.yaml", "regoin"),
        ("environment.yaml", "key.pending_window_in_days"),
        ("one.yaml", "run"),
        ("one.yaml", "max_concurrent_transforms"),
        ("three.yaml", ""),
        ("two.yaml", "transform_output.s3_output_path"),
        ("two.yaml", "transform_resources.instance_type"),
    ]


def test_a_section_that_cannot_be_read_raises_no_further_problems(
    tmp_path: Path,
) -> None:
    # With the limits read as absent, the volume key would be asked for.
    folder = written(
        tmp_path,
        environment={"limits.require_volume_key": "no", "region": "moon-1"},
        transforms={"faces": {"transform_resources.instance_type": "ml.g5.xlarge"}},
    )

    assert [problem.path for problem in problems(folder)] == [
        "region",
        "limits.require_volume_key",
    ]


def test_a_broken_environment_file_does_not_hide_the_transforms(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path, transforms={"faces": {"completion": "later"}})
    (folder / "environment.yaml").write_text("stage: [", "utf-8")

    found = [(problem.file.name, problem.path) for problem in problems(folder)]

    assert found == [("environment.yaml", ""), ("faces.yaml", "completion")]


def test_a_missing_environment_lists_those_that_exist(tmp_path: Path) -> None:
    for name in ("prod", "dev"):
        written(tmp_path, name=name)

    (problem,) = problems(tmp_path / "test")

    assert problem.file == tmp_path / "test"
    assert "no environment test" in problem.rule
    assert problem.fix == "Environments here: dev, prod."


def test_a_missing_parent_is_a_problem_too(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "nowhere" / "test")

    assert problem.fix == "Environments here: none."


def test_a_file_that_would_be_passed_over_is_a_problem(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "transforms" / "faces.yml").write_text("", "utf-8")

    (problem,) = problems(folder)

    assert problem.file.name == "faces.yml"
    assert problem.fix == "Rename it."


def test_a_folder_in_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "transforms" / "faces.yaml").mkdir()

    (problem,) = problems(folder)

    assert "cannot be read" in problem.rule


def test_leave_is_judged_by_the_day_that_is_given(tmp_path: Path) -> None:
    folder = written(tmp_path)

    assert load_environment(folder, today=date(2027, 6, 30)).name == "lab"
    with pytest.raises(EnvironmentFileError, match="expired on 2027-06-30"):
        load_environment(folder, today=date(2027, 7, 1))


def test_without_a_day_leave_is_not_judged_and_everything_else_is(
    tmp_path: Path,
) -> None:
    expired = {"people.uploaders.0.outside.expires": "1999-12-31"}
    folder = written(tmp_path / "a", environment=expired)
    wrong = written(tmp_path / "b", environment={**expired, "notify": ["ops"]})

    assert load_environment(folder, today=None).name == "lab"
    with pytest.raises(EnvironmentFileError) as caught:
        load_environment(wrong, today=None)
    assert [problem.path for problem in caught.value.problems] == ["notify[0]"]


def test_a_problem_is_said_in_lines_that_name_everything(tmp_path: Path) -> None:
    folder = written(tmp_path, environment={"region": "us-east1"})

    with pytest.raises(EnvironmentFileError) as caught:
        load_environment(folder, today=TODAY)

    assert str(caught.value) == (
        "1 problem in the environment's files:\n\n"
        f"{folder / 'environment.yaml'}:4  region: us-east1\n"
        "    A region is one of AWS's commercial regions where SageMaker is offered "
        "(AWS: Amazon SageMaker AI endpoints and quotas); China, GovCloud and isolated "
        "regions are not supported.\n"
        "    Did you mean us-east-1?"
    )


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"completoin": "wait"}, "Did you mean completion?"),
        ({"completion": "lunch"}, "Did you mean launch?"),
        (
            {"transform_resources.instance_type": "ml.m5.lrge"},
            "Did you mean ml.m5.large?",
        ),
        (
            {"model.primary_container.model_data_uri": "x"},
            "Did you mean model_data_url?",
        ),
        ({"data_processing.input_filters": "$"}, "Did you mean input_filter?"),
        ({"max_payload_in_mb": "6MB"}, "Write a whole number in plain digits."),
    ],
)
def test_a_likely_fix_is_named(
    tmp_path: Path, changes: dict[str, object], fix: str
) -> None:
    (problem,) = problems(written(tmp_path, transforms={"faces": changes}))

    assert problem.fix == fix


def test_a_long_value_is_shown_in_part(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, environment={"stage": "x" * 500}))

    assert problem.value == "x" * 80 + "..."


def test_a_value_that_does_not_print_is_shown_escaped(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, environment={"stage": "a\x1b[2Jb"}))

    assert problem.value == r"'a\x1b[2Jb'"
