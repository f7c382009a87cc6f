"""Inputs are counted against outputs, however AWS names the latter."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chaos.errors import refused
from chaos.storage import Storage
from private_transform.handlers import listing
from private_transform.handlers.tally import Tally
from private_transform.handlers.tally import tally as counted_by

STARTED = datetime(2030, 1, 2, tzinfo=UTC)
BEFORE, AFTER = STARTED - timedelta(hours=1), STARTED + timedelta(hours=1)


def tally(s3: Any, job: dict[str, Any]) -> Tally | None:
    return counted_by(s3, job, "control")


def job(data_type: str = "S3Prefix", **more: Any) -> dict[str, Any]:
    source = {"S3DataType": data_type, "S3Uri": "s3://inputs/photos/"}
    return {
        "CreationTime": STARTED,
        "TransformInput": {"DataSource": {"S3DataSource": source}},
        "TransformOutput": {
            "S3OutputPath": "s3://outputs/faces/job=dev-faces-01234567-89abcdef/"
        },
        **more,
    }


class Clock:
    now = BEFORE

    def __call__(self) -> datetime:
        return self.now


def stored(inputs: list[str], outputs: list[str]) -> Storage:
    clock = Clock()
    storage = Storage(clock)
    for key in inputs:
        storage.put_object(Bucket="inputs", Key=f"photos/{key}", Body=b"")
    clock.now = AFTER
    for key in outputs:
        storage.put_object(
            Bucket="outputs",
            Key=f"faces/job=dev-faces-01234567-89abcdef/{key}",
            Body=b"",
        )
    return storage


@pytest.mark.parametrize(
    ("inputs", "outputs", "unanswered"),
    [
        (["a.jpg", "b.jpg", "c.jpg"], ["a.jpg.out", "b.jpg.out", "c.jpg.out"], []),
        (["a.jpg", "b.jpg", "c.jpg"], ["a.jpg.out", "c.jpg.out"], ["b.jpg"]),
        # AWS: Use Batch Transform: the path below the prefix is kept.
        (["x/a.jpg", "y/a.jpg"], ["x/a.jpg.out", "y/a.jpg.out"], []),
        (["x/a.jpg", "y/a.jpg"], ["y/a.jpg.out"], ["x/a.jpg"]),
        (["a.jpg", "x/a.jpg"], ["a.jpg.out"], ["x/a.jpg"]),
        # AWS: TransformOutput: folders of the name are dropped.
        (["set/a.jpg", "set/b.jpg"], ["photos/a.jpg.out"], ["set/b.jpg"]),
        (["set/a.jpg", "set/b.jpg"], ["a.jpg.out", "b.jpg.out"], []),
        (["x/a.jpg", "y/a.jpg", "z/a.jpg"], ["a.jpg.out", "p/a.jpg.out"], ["z/a.jpg"]),
        # Longer paths than below the prefix: the one that is most alike is answered.
        (["x/a.jpg", "y/a.jpg"], ["photos/y/a.jpg.out"], ["x/a.jpg"]),
        (["a.jpg", "y/a.jpg"], ["photos/y/a.jpg.out"], ["a.jpg"]),
        (["x/y/a.jpg", "z/y/a.jpg"], ["y/a.jpg.out"], ["z/y/a.jpg"]),
        (["x/y/a.jpg", "y/a.jpg"], ["photos/y/a.jpg.out"], ["x/y/a.jpg"]),
        # Folder markers are no inputs, and other files no outputs.
        (["", "x/", "a.jpg"], ["", "x/", "a.jpg.out", "a.jpg.log", "b.jpg"], []),
        (["a.csv", "a.csv.out"], ["a.csv.out", "a.csv.out.out"], []),
        (["sp ace/ü%20.csv"], ["sp ace/ü%20.csv.out"], []),
        (["a.jpg"], [], ["a.jpg"]),
        ([], [], []),
    ],
)
def test_inputs_without_an_output_are_named(
    inputs: list[str], outputs: list[str], unanswered: list[str]
) -> None:
    counted = tally(stored(inputs, outputs), job())

    assert counted is not None
    assert counted.unanswered == tuple(unanswered)
    assert counted.inputs == len([key for key in inputs if key[-1:] not in ("", "/")])
    assert counted.outputs == len([key for key in outputs if key.endswith(".out")])


def test_what_came_while_the_job_ran_was_not_its_input() -> None:
    storage = stored(["a.jpg"], ["a.jpg.out"])
    storage.put_object(Bucket="inputs", Key="photos/late.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert (counted.inputs, counted.unanswered) == (1, ())


@pytest.mark.parametrize("output", ["x/a.jpg.out", "photos/x/a.jpg.out"])
def test_the_output_of_what_came_later_answers_no_input(output: str) -> None:
    storage = stored(["a.jpg"], [output])
    storage.put_object(Bucket="inputs", Key="photos/x/a.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert (counted.inputs, counted.unanswered) == (1, ("a.jpg",))


def test_an_input_goes_before_what_came_later() -> None:
    storage = stored(["z/a.jpg"], ["a.jpg.out"])
    storage.put_object(Bucket="inputs", Key="photos/b/a.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert counted.unanswered == ()


def test_an_input_that_was_written_again_is_one_still() -> None:
    storage = stored(["a.jpg"], [])
    storage.put_object(Bucket="inputs", Key="photos/a.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert (counted.inputs, counted.unanswered) == (1, ("a.jpg",))


def test_an_input_that_was_written_again_takes_one_output() -> None:
    storage = stored(["x/a.jpg"], ["a.jpg.out"])
    storage.put_object(Bucket="inputs", Key="photos/x/a.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert (counted.inputs, counted.unanswered) == (1, ())


def test_a_path_without_a_slash_at_its_end_is_a_folder_all_the_same() -> None:
    storage = stored(["a.jpg"], [])
    for place in ("faces/by-hand/b.jpg.out", "faces/by-hand-2/a.jpg.out"):
        storage.put_object(Bucket="outputs", Key=place, Body=b"")
    written: dict[str, Any] = {
        "TransformOutput": {"S3OutputPath": "s3://outputs/faces/by-hand"}
    }

    counted = tally(storage, job(**written))

    assert counted is not None
    assert (counted.outputs, counted.unanswered) == (1, ("a.jpg",))


class Deleting(Storage):
    """Says that one input was deleted at some time."""

    def __init__(self, at: datetime) -> None:
        super().__init__(lambda: BEFORE)
        for key in ("a.jpg", "b.jpg"):
            self.put_object(Bucket="inputs", Key=f"photos/{key}", Body=b"")
        self.marker = {"Key": "photos/a.jpg", "LastModified": at}

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        page = super().list_object_versions(**request)
        return {**page, "DeleteMarkers": [self.marker]}


@pytest.mark.parametrize(
    ("deleted", "inputs"),
    [
        (BEFORE - timedelta(minutes=1), 2),
        (BEFORE + timedelta(minutes=1), 1),
        (AFTER, 2),
    ],
)
def test_what_was_deleted_before_the_job_was_no_input_of_it(
    deleted: datetime, inputs: int
) -> None:
    counted = tally(Deleting(deleted), job())

    assert counted is not None
    assert counted.inputs == inputs


@pytest.mark.parametrize("path", ["s3://outputs/", "s3://outputs/faces"])
def test_what_runs_of_the_launcher_wrote_below_the_path_of_another_is_not_its(
    path: str,
) -> None:
    storage = stored(
        ["a.jpg"], ["a.jpg.out", "b/job=dev-faces-76543210-fedcba98-2/a.jpg.out"]
    )
    written: dict[str, Any] = {"TransformOutput": {"S3OutputPath": path}}

    counted = tally(storage, job(**written))

    assert counted is not None
    assert counted.unanswered == ("a.jpg",)


@pytest.mark.parametrize(
    "path",
    ["s3://outputs/faces/job=dev-faces-01234567-89abcdef/", "s3://outputs/mine/"],
)
def test_inputs_of_folders_that_are_named_like_runs_are_inputs(path: str) -> None:
    storage = stored(["job=1/a.jpg", "job=2/a.jpg"], ["job=1/a.jpg.out"])
    storage.put_object(Bucket="outputs", Key="mine/job=1/a.jpg.out", Body=b"")
    written: dict[str, Any] = {"TransformOutput": {"S3OutputPath": path}}

    counted = tally(storage, job(**written))

    assert counted is not None
    assert (counted.outputs, counted.unanswered) == (1, ("job=2/a.jpg",))


def test_what_was_there_when_the_job_was_created_is_an_input() -> None:
    storage = Storage(lambda: STARTED)
    storage.put_object(Bucket="inputs", Key="photos/a.jpg", Body=b"")

    counted = tally(storage, job())

    assert counted is not None
    assert counted.inputs == 1


def test_what_an_earlier_job_left_is_no_output_of_this_one() -> None:
    storage = stored(["a.jpg"], [])
    clock = Storage(lambda: BEFORE)
    clock.put_object(
        Bucket="outputs",
        Key="faces/job=dev-faces-01234567-89abcdef/a.jpg.out",
        Body=b"",
    )
    storage.objects.update(clock.objects)
    storage.versions.update(clock.versions)

    counted = tally(storage, job())

    assert counted is not None
    assert counted.unanswered == ("a.jpg",)


def test_an_output_of_the_second_in_which_the_job_was_created_is_its_own() -> None:
    storage = Storage(lambda: STARTED)
    storage.put_object(Bucket="inputs", Key="photos/a.jpg", Body=b"")
    storage.put_object(
        Bucket="outputs",
        Key="faces/job=dev-faces-01234567-89abcdef/a.jpg.out",
        Body=b"",
    )

    counted = tally(storage, job(CreationTime=STARTED + timedelta(milliseconds=700)))

    assert counted is not None
    assert counted.unanswered == ()


@pytest.mark.parametrize("uri", ["s3://inputs/photos/a.jpg", "s3://inputs/photos/a"])
def test_a_person_may_name_one_object_or_part_of_a_name(uri: str) -> None:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri}
    named: dict[str, Any] = {"TransformInput": {"DataSource": {"S3DataSource": source}}}

    counted = tally(stored(["a.jpg", "b.jpg"], ["a.jpg.out"]), job(**named))

    assert counted is not None
    assert (counted.inputs, counted.unanswered) == (1, ())


@pytest.mark.parametrize(
    "path",
    [
        "https://outputs.s3.amazonaws.com/faces/",
        "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/mine/faces/",
    ],
)
def test_what_is_no_bucket_is_not_looked_into(path: str) -> None:
    written: dict[str, Any] = {"TransformOutput": {"S3OutputPath": path}}

    assert tally(stored(["a.jpg"], []), job(**written)) is None


def test_the_inputs_of_a_manifest_are_not_known_without_opening_it() -> None:
    assert tally(stored(["a"], ["a.out"]), job("ManifestFile")) is None


def test_a_job_without_an_output_path_is_not_counted() -> None:
    assert tally(stored(["a"], []), job(TransformOutput={})) is None


def test_more_than_can_be_listed_in_time_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "LIMIT", 4)
    names = [f"{number}.jpg" for number in range(5)]

    assert tally(stored(names[:4], []), job()) is not None
    assert tally(stored(names, []), job()) is None


class Closed(Storage):
    def __init__(self, code: str, status: int) -> None:
        super().__init__()
        self.error = refused(code, "No.", status=status)

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        raise self.error


def test_what_lies_where_we_may_not_look_is_not_counted() -> None:
    assert tally(Closed("AccessDenied", 403), job()) is None


def test_a_failure_that_passes_is_not_taken_for_an_answer() -> None:
    with pytest.raises(Exception, match="SlowDown"):
        tally(Closed("SlowDown", 503), job())
