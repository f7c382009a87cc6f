import re
from typing import Any

import pytest

from private_transform.handlers.job import TransformJob
from private_transform.handlers.model import TransformModel
from private_transform.handlers.names import Names, digest, family_of

NAMES = Names(environment="dev", transform="faces")
DIGEST = digest({"a": 1})


def test_a_repeated_request_gets_the_same_name() -> None:
    assert NAMES.name(DIGEST, "r") == NAMES.name(DIGEST, "r")


def test_another_request_or_digest_gets_another_name() -> None:
    names = {
        NAMES.name(DIGEST, "r"),
        NAMES.name(DIGEST, "s"),
        NAMES.name(digest({"a": 2}), "r"),
    }
    assert len(names) == 3


def test_the_longest_name_is_one_that_sagemaker_accepts() -> None:
    longest = Names(environment="e" * 16, transform="t" * 24).name(DIGEST, "r")

    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", longest)


def test_the_family_of_a_name_is_that_of_its_digest() -> None:
    assert family_of(NAMES.name(DIGEST, "r")) == NAMES.family(DIGEST)


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("name", "owned"),
    [
        (NAMES.name(DIGEST, "r"), True),
        ("dev-faces-01234567-89abcdef", True),
        ("dev-faces-Job-1A2B3C4D5E6F", False),
        ("dev-faces-01234567", False),
        ("dev-faces-01234567-89abcdef-x", False),
        ("prod-faces-01234567-89abcdef", False),
        ("dev-other-01234567-89abcdef", False),
        ("", False),
    ],
)
def test_only_names_of_ours_are_owned(name: str, owned: bool) -> None:
    assert NAMES.owns(name) is owned


def test_a_transform_whose_name_goes_on_is_another_one() -> None:
    longer = Names(environment="dev", transform="faces-small").name(DIGEST, "r")

    assert not NAMES.owns(longer)


def test_a_change_of_tags_alone_asks_for_no_other_model_or_job() -> None:
    def digests(tag: str, image: str) -> tuple[str, str]:
        tags = [{"Key": "team", "Value": tag}]
        nobody: Any = None
        model = TransformModel(sagemaker=nobody, s3=nobody, now=nobody)
        job = TransformJob(sagemaker=nobody, s3=nobody, bucket="", now=nobody)
        body = {"PrimaryContainer": {"Image": image}, "Tags": tags}
        return (
            model.digest({"Request": body}),
            job.digest({"ModelDigest": "m", "Request": body, "Run": "1"}),
        )

    assert digests("a", "image") == digests("b", "image")
    assert not set(digests("a", "image")) & set(digests("a", "other"))
