"""What is deployed is what is read: templates and code under their own hashes."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review import contents
from review.assembly import read_assembly
from review.bad_input import BadInputError

CODE = "c" * 64
TEMPLATE = json.dumps({"Resources": {"It": {"Type": "AWS::S3::Bucket"}}})
HASH = hashlib.sha256(TEMPLATE.encode()).hexdigest()
URL = "stackTemplateAssetObjectUrl"

Files = dict[str, Any]
Edit = Callable[[Files], Any]


def asset(hash_: str, path: str, packaging: str, extension: str) -> Files:
    key = f"{hash_}.{extension}"
    destination = {"bucketName": "assets", "objectKey": key, "region": "eu-west-1"}
    return {
        "source": {"path": path, "packaging": packaging},
        "destinations": {"here": destination},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An assembly of one stack as CDK writes it, with the code of a function."""
    (tmp_path / "asset.it").mkdir()
    (tmp_path / "asset.it" / "it.py").write_text("run()")
    (tmp_path / "it.template.json").write_text(TEMPLATE)
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": {
            "templateFile": "it.template.json",
            URL: f"s3://assets/{HASH}.json",
        },
    }
    files = {
        CODE: asset(CODE, "asset.it", "zip", "zip"),
        HASH: asset(HASH, "it.template.json", "file", "json"),
    }
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "it.assets.json"}}
    write(tmp_path, "manifest.json", {"artifacts": {"it": stack, "it.assets": assets}})
    write(tmp_path, "it.assets.json", {"files": files, "dockerImages": {}})
    return tmp_path


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(json.dumps(content))


def edited(folder: Path, name: str, edit: Edit) -> Path:
    content = json.loads((folder / name).read_text())
    edit(content)
    write(folder, name, content)
    return folder


def _property(name: str, *, to: Any) -> Edit:
    return lambda it: it["artifacts"]["it"]["properties"].update({name: to})


def test_code_is_known_by_the_name_under_which_it_is_published(folder: Path) -> None:
    (folder / "asset.stray").mkdir()

    assembly = read_assembly(folder)

    assert assembly.assets == {CODE: folder / "asset.it"}
    assert assembly.stacks[0].deployment == {"templateBucket": "s3://assets"}


@pytest.mark.parametrize("url", [f"s3://assets/{'0' * 64}.json", "", None, []])
def test_a_template_that_is_not_deployed_is_refused(folder: Path, url: Any) -> None:
    edited(folder, "manifest.json", _property(URL, to=url))

    with pytest.raises(BadInputError, match=f"manifest.json artifacts.it.*{URL}"):
        read_assembly(folder)


def test_a_template_that_was_changed_afterwards_is_refused(folder: Path) -> None:
    (folder / "it.template.json").write_text(f"{TEMPLATE} ")

    with pytest.raises(BadInputError, match="something else would be deployed"):
        read_assembly(folder)


def test_a_template_of_another_file_is_refused(folder: Path) -> None:
    (folder / "other.json").write_text(TEMPLATE)
    _source(folder, HASH, path="other.json")

    with pytest.raises(BadInputError, match="something else would be deployed"):
        read_assembly(folder)


def _source(folder: Path, hash_: str, **source: Any) -> None:
    edited(
        folder, "it.assets.json", lambda it: it["files"][hash_]["source"].update(source)
    )


@pytest.mark.parametrize(
    "source",
    [
        {"path": "../it.template.json"},
        {"path": "/etc/passwd"},
        {"path": ".."},
        {"path": "asset.gone"},
        {"path": None},
        {"packaging": "file"},
        {"packaging": None},
        {"executable": ["curl", "https://example.com"]},
        {"path": "link"},
    ],
)
def test_code_from_elsewhere_is_refused(folder: Path, source: Files) -> None:
    (folder / "link").symlink_to(folder / "asset.it")
    _source(folder, CODE, **source)

    with pytest.raises(BadInputError, match=f"it.assets.json files.{CODE}.source"):
        read_assembly(folder)


@pytest.mark.parametrize(
    "edit",
    [
        {"objectKey": f"{'d' * 64}.zip"},
        {"objectKey": f"{CODE}.jar"},
        {"objectKey": CODE},
        {"objectKey": f"sub/{CODE}.zip"},
        {"objectKey": None},
        {"bucketName": None},
    ],
)
def test_code_under_another_name_is_refused(folder: Path, edit: Files) -> None:
    edited(
        folder,
        "it.assets.json",
        lambda it: it["files"][CODE]["destinations"]["here"].update(edit),
    )

    with pytest.raises(BadInputError, match="under another name"):
        read_assembly(folder)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda it: it.update(files=[]), "it.assets.json files"),
        (lambda it: it.update(dockerImages={"a": {}}), "dockerImages"),
        (lambda it: it["files"].update({"x": {}}), "named by its hash"),
        (lambda it: it["files"].update({CODE: []}), "named by its hash"),
        (lambda it: it["files"][CODE].update(source=1), "source"),
        (lambda it: it["files"][CODE].update(destinations=1), "destinations"),
        (
            lambda it: it["files"][CODE]["destinations"]["here"].update(bucketName="b"),
            "several buckets",
        ),
    ],
)
def test_an_asset_manifest_that_is_none_is_refused(
    folder: Path, edit: Edit, says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        read_assembly(edited(folder, "it.assets.json", edit))


@pytest.mark.parametrize("file", ["../it.assets.json", "gone.assets.json", None, 7])
def test_an_asset_manifest_lies_beside_the_manifest(folder: Path, file: Any) -> None:
    edited(
        folder,
        "manifest.json",
        lambda it: it["artifacts"]["it.assets"]["properties"].update(file=file),
    )

    with pytest.raises(BadInputError, match="lies beside the manifest"):
        read_assembly(folder)


def test_two_manifests_agree_on_what_is_published(folder: Path) -> None:
    other = {CODE: asset(CODE, "asset.other", "zip", "zip")}
    (folder / "asset.other").mkdir()
    write(folder, "other.assets.json", {"files": other})
    properties = {"file": "other.assets.json"}
    edited(
        folder,
        "manifest.json",
        lambda it: it["artifacts"].update(
            other={"type": "cdk:asset-manifest", "properties": properties}
        ),
    )

    with pytest.raises(BadInputError, match="something else under this name"):
        read_assembly(folder)


@pytest.mark.parametrize(
    "edit", [{"assumeRoleArn": "a"}, {"assumeRoleExternalId": "b"}, {"region": "c"}]
)
def test_how_something_is_published_is_part_of_what_is_reviewed(
    folder: Path, edit: Files
) -> None:
    one = read_assembly(folder)

    def other_way(it: Files) -> None:
        for each in it["files"].values():
            each["destinations"]["here"].update(edit)

    other = read_assembly(edited(folder, "it.assets.json", other_way))

    assert one.destinations == ('{"bucketName": "assets", "region": "eu-west-1"}',)
    assert one.digest != other.digest
    (way,) = other.destinations
    assert json.loads(way) == {"bucketName": "assets", "region": "eu-west-1", **edit}


def test_manifests_that_publish_one_file_in_two_ways_are_refused(folder: Path) -> None:
    files = {CODE: asset(CODE, "asset.it", "zip", "zip")}
    files[CODE]["destinations"]["here"]["assumeRoleArn"] = "a"
    write(folder, "other.assets.json", {"files": files})
    properties = {"file": "other.assets.json"}
    other = {"type": "cdk:asset-manifest", "properties": properties}
    edited(folder, "manifest.json", lambda it: it["artifacts"].update(other=other))

    with pytest.raises(BadInputError, match="in another way"):
        read_assembly(folder)


@pytest.mark.parametrize("given", [["it.assets", "b"], ["b", "it.assets"], 7, {}])
def test_the_order_of_stacks_is_part_of_what_is_reviewed(
    folder: Path, given: Any
) -> None:
    one = read_assembly(folder).digest
    edited(
        folder,
        "manifest.json",
        lambda it: it["artifacts"]["it"].update(dependencies=given),
    )
    (stack,) = read_assembly(folder).stacks

    assert stack.deployment is not None
    names = sorted(given) if isinstance(given, list) else given
    assert stack.deployment["dependencies"] == names
    assert read_assembly(folder).digest != one


def test_the_digest_is_of_code_and_of_how_a_stack_is_deployed(folder: Path) -> None:
    one = read_assembly(folder).digest
    (folder / "asset.it" / "it.py").write_text("walk()")
    other_code = read_assembly(folder).digest
    for name in ("cloudFormationExecutionRoleArn", "terminationProtection"):
        edited(folder, "manifest.json", _property(name, to=True))
        assert read_assembly(folder).digest not in (one, other_code)

    assert one != other_code


@pytest.mark.parametrize("make", [os.mkfifo, lambda it: it.symlink_to("/etc")])
def test_code_that_leads_elsewhere_or_never_ends_is_refused(
    folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "asset.it" / "more")

    with pytest.raises(BadInputError, match="it may lead anywhere"):
        read_assembly(folder)


def test_code_without_end_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "CONTENT_LIMIT", 4)

    with pytest.raises(BadInputError, match="more than 4 bytes"):
        read_assembly(folder)
