import json

import pytest

from rehearsal.engine import Location
from rehearsal.engine.errors import JobError
from rehearsal.engine.job import JobInput
from rehearsal.engine.objects import InputObject, input_objects
from tests.rehearsal.engine.fakes import MemoryStorage


def an_input(data_type: str, key: str) -> JobInput:
    return JobInput(
        data_type=data_type,
        source=Location("inputs", key),
        content_type=None,
        compression=None,
        split=None,
    )


def storage_of(*keys: str) -> MemoryStorage:
    storage = MemoryStorage()
    storage.objects = {Location("inputs", key): b"" for key in keys}
    return storage


def manifest_of(content: object) -> MemoryStorage:
    storage = MemoryStorage()
    storage.objects[Location("inputs", "m.json")] = json.dumps(content).encode()
    return storage


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        # AWS: S3DataSource, S3Prefix; field: the prefix is one of keys, no folder.
        ("in/", ["a.jpg", "deep/b.jpg"]),
        ("in", ["in-old/c.jpg", "in/a.jpg", "in/deep/b.jpg"]),
        ("in/deep/b", ["b.jpg"]),
        ("in/a.jpg", ["a.jpg"]),
        ("", ["in-old/c.jpg", "in/a.jpg", "in/deep/b.jpg"]),
        ("nothing", []),
    ],
)
def test_a_prefix_selects_every_key_that_starts_with_it(
    prefix: str, names: list[str]
) -> None:
    storage = storage_of("in/", "in/a.jpg", "in/deep/", "in/deep/b.jpg", "in-old/c.jpg")

    found = input_objects(an_input("S3Prefix", prefix), storage)

    assert [each.name for each in found] == names


def test_a_manifest_selects_what_it_names_in_its_order() -> None:
    # AWS: S3DataSource, ManifestFile.
    storage = manifest_of([{"prefix": "s3://photos/set/"}, "b.jpg", "deep/a.jpg"])

    found = list(input_objects(an_input("ManifestFile", "m.json"), storage))

    assert found == [
        InputObject(Location("photos", "set/b.jpg"), "b.jpg"),
        InputObject(Location("photos", "set/deep/a.jpg"), "deep/a.jpg"),
    ]


@pytest.mark.parametrize(
    "content",
    [{}, [], ["a.jpg"], [{"prefix": "photos/"}, "a"], [{"prefix": "s3://b/"}, 1]],
)
def test_what_is_no_manifest_is_refused(content: object) -> None:
    with pytest.raises(JobError, match="is not a manifest"):
        list(input_objects(an_input("ManifestFile", "m.json"), manifest_of(content)))


@pytest.mark.parametrize(
    ("path", "key"),
    [("out/", "out/a.jpg.out"), ("out", "out/a.jpg.out"), ("", "a.jpg.out")],
)
def test_an_output_lies_under_the_output_path(path: str, key: str) -> None:
    source = InputObject(Location("inputs", "in/a.jpg"), "a.jpg")

    assert source.output(Location("outputs", path)) == Location("outputs", key)
