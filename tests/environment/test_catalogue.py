"""The catalogue says what the pinned libraries say."""

import json
import re

import botocore.session

from private_transform.environment import catalogue


def test_the_file_is_what_the_libraries_know() -> None:
    assert json.loads(catalogue.FILE.read_text("utf-8")) == catalogue.from_libraries()


def test_the_lists_are_those_of_the_service_models() -> None:
    session = botocore.session.get_session()
    resources = session.get_service_model("sagemaker").shape_for("TransformResources")
    versions = resources.members["TransformAmiVersion"].documentation
    days = session.get_service_model("logs").shape_for("Days").documentation

    assert set(catalogue.AMI_VERSIONS) == set(re.findall(r"al2[a-z0-9-]+", versions))
    listed = days.partition("Possible values are:")[2].partition(".")[0]
    assert tuple(map(int, re.findall(r"\d+", listed))) == catalogue.LOG_RETENTION_DAYS


def test_the_families_are_of_types_that_exist() -> None:
    families = {catalogue.family(name) for name in catalogue.INSTANCE_TYPES}

    assert families >= catalogue.GPU_FAMILIES | catalogue.LOCAL_DISK_FAMILIES
