"""YAML 1.2, read as what a person wrote."""

from pathlib import Path

import pytest

from private_transform.environment.yaml_source import UnreadableError, parse, read


def test_scalars_stay_text_whatever_they_look_like() -> None:
    text = "a: 012\nb: 2.10\nc: yes\nd: 12:30\ne: 2027-06-30\nf: None\ng: '1'\n"

    assert parse(text).content == {
        "a": "012",
        "b": "2.10",
        "c": "yes",
        "d": "12:30",
        "e": "2027-06-30",
        "f": "None",
        "g": "1",
    }


def test_nothing_is_none_unless_it_is_quoted() -> None:
    text = "a:\nb: ~\nc: null\nd: 'null'\ne: ''\n"

    assert parse(text).content == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "",
    }


def test_a_version_1_1_directive_changes_nothing() -> None:
    assert parse("%YAML 1.1\n---\na: on\n").content == {"a": "on"}


def test_lines_are_those_of_keys_and_entries() -> None:
    source = parse("# comment\na:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")

    assert source.line(("a",)) == 2
    assert source.line(("a", "b")) == 3
    assert source.line(("a", "c", 1)) == 6
    assert source.line(("a", "c", 1, "d")) == 6


def test_what_is_absent_has_the_line_of_what_is_around_it() -> None:
    source = parse("\na:\n  b: 1\n")

    assert source.line(("a", "x", 3, "y")) == 2
    assert source.line(("z",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "keys and values"),
        ("- a\n", 1, "keys and values"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "twice, first on line 3"),
        ("a: 1\n{b}: 2\n", 2, "key"),
        ("? [a]\n: 1\n", 1, "key is text"),
        ("~: 1\n", 1, "key is text"),
        ("a: &x 1\nb: *x\n", 1, "Anchors"),
        ("b: 1\na: *x\n", 2, "aliases"),
        ("a: 1\nb: !!int 3\n", 2, "Tags"),
        ("a: !Ref x\n", 1, "Tags"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a:\n\tb: 1\n", 2, "not YAML"),
        ("a: 'x\n", 2, "not YAML"),
        ("a: b: c\n", 1, "not YAML"),
        ("%YAML 2.0\n---\na: 1\n", 1, "not YAML"),
        ('a: "\\U0011ffff"\n', 1, "not YAML"),
        ("a: \x00\n", 1, "not YAML"),
        ('a: "\\ud800"\n', 1, "surrogate"),
        (f"a: {'[' * 30}{']' * 30}\n", 1, "nested"),
    ],
)
def test_text_that_settings_have_no_use_for_is_refused(
    text: str, line: int, sentence: str
) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(text)

    assert sentence in caught.value.rule
    assert caught.value.line == line


def test_a_tab_is_explained() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse("a:\n\tb: 1\n")

    assert caught.value.fix == "Indent with spaces."


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert read(file).content == {"a": "1"}


def test_bytes_that_are_not_utf_8_are_refused_on_their_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\nb: \xe9\n")

    with pytest.raises(UnreadableError, match="UTF-8") as caught:
        read(file)
    assert caught.value.line == 2


def test_a_file_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: " + "x" * (256 * 1024), "utf-8")

    with pytest.raises(UnreadableError, match="256 KB"):
        read(file)
