"""What is no assembly is refused in words, in bounded time, and never believed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from review.__main__ import main
from review.assembly import Assembly, read_assembly
from review.bad_input import BadInputError

EMPTY = {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {}}}}


def written(folder: Path, template: Any, **artifact: Any) -> Path:
    """An assembly of one stack, which publishes nothing."""
    properties = {"templateFile": "it.template.json", **artifact}
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": properties,
    }
    manifest = {"version": "1", "artifacts": {"it": stack}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    text = template if isinstance(template, str) else json.dumps(template)
    (folder / "it.template.json").write_text(text)
    return folder


def test_an_assembly_tells_where_its_stacks_go(tmp_path: Path) -> None:
    assembly = read_assembly(
        written(tmp_path, EMPTY, terminationProtection=True, notificationArns=["a"])
    )

    (stack,) = assembly.stacks
    assert (stack.name, stack.account, stack.region) == (
        "it",
        "111122223333",
        "eu-west-1",
    )
    assert stack.is_protected is True
    assert stack.deployment == {"notificationArns": ["a"]}


def test_a_template_alone_is_an_assembly_of_one_stack(tmp_path: Path) -> None:
    written(tmp_path, EMPTY)

    (stack,) = read_assembly(tmp_path / "it.template.json").stacks

    assert (stack.name, stack.account, stack.is_protected) == ("", None, None)
    assert stack.deployment is None


def test_the_digest_is_of_content_and_not_of_form(tmp_path: Path) -> None:
    def read(text: str) -> Assembly:
        return read_assembly(written(tmp_path, text))

    one = read('{"Resources": {}, "Outputs": {}}')
    other = read('{"Outputs": {},\n "Resources": {}}')
    more = read('{"Outputs": {"A": {"Value": "1"}}, "Resources": {}}')

    assert one.digest == other.digest
    assert one.digest != more.digest


REFUSED = [
    ("", "This is not JSON"),
    ("[]", "It is a mapping"),
    ('{"Resources": []}', "Resources"),
    ('{"Resources": {"It": []}}', "Resources.It"),
    ('{"Resources": {"It": {"Type": 1}}}', "mapping with a Type"),
    ('{"Resources": {"It": {"Type": "T", "Properties": []}}}', "Properties"),
    ('{"Resources": {}, "Outputs": []}', "Outputs"),
    ('{"Resources": {}, "Metadata": 1}', "Metadata"),
    ('{"Resources": {}, "Mappings": []}', "Mappings"),
    ('{"Resources": {}, "Resources": {}}', "'Resources' stands twice"),
    ('{"Resources": {"A": {"Type": "T", "Type": "U"}}}', "'Type' stands twice"),
    ("[" * 100_000, "nests deeper"),
    ('{"Resources": ' + '{"A": ' * 100 + "1" + "}" * 101, "nests deeper"),
    (" " * 1_000_001, "1,000,000 bytes"),
    (
        json.dumps({"Resources": {f"R{n}": {"Type": "T"} for n in range(10_000)}}),
        "500 resources",
    ),
    ('{"Resources": {"It": NaN}}', "NaN is no number"),
    ("\ufffe", "This is not JSON"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_a_template_that_is_none_is_named_with_its_file(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        read_assembly(written(tmp_path, text))

    assert "it.template.json" in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "file", ["../it.template.json", "/etc/passwd", "sub/it.json", "", None, 7]
)
def test_a_manifest_does_not_lead_out_of_its_folder(tmp_path: Path, file: Any) -> None:
    with pytest.raises(BadInputError, match="beside the manifest"):
        read_assembly(written(tmp_path, EMPTY, templateFile=file))


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ("{}", "artifacts"),
        ('{"artifacts": {}}', "names no stack"),
        ('{"artifacts": {"it": []}}', "artifacts.it"),
        ('{"artifacts": {"it": {"type": "aws:cloudformation:stack"}}}', "beside"),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    tmp_path: Path, manifest: str, says: str
) -> None:
    (tmp_path / "manifest.json").write_text(manifest)

    with pytest.raises(BadInputError, match=says):
        read_assembly(tmp_path)


def test_a_folder_without_a_manifest_is_no_assembly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2

    said = capsys.readouterr().err
    assert "neither a cloud assembly nor a template" in said
    assert str(tmp_path) in said
    assert "Traceback" not in said


def test_an_assembly_without_a_declaration_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(written(tmp_path, EMPTY))]) == 2

    assert "one foundation stack" in capsys.readouterr().err


def test_the_recursion_of_this_process_is_no_limit(tmp_path: Path) -> None:
    deep = "[" * (sys.getrecursionlimit() * 2) + "]" * (sys.getrecursionlimit() * 2)

    with pytest.raises(BadInputError, match="nests deeper"):
        read_assembly(written(tmp_path, f'{{"Resources": {{}}, "Extra": {deep}}}'))
