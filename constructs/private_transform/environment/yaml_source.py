"""YAML 1.2 text as plain values that remember their lines.

Every scalar stays the text that a person wrote, because only the field knows
whether `012345678901`, `2.10`, `12:30` or `no` is a number, a truth value or text.
What a file of settings has no use for is refused: anchors, aliases, tags, several
documents, keys that are not text, and a key that stands twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

Place = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""

_VALUES = (ScalarEvent, SequenceStartEvent, MappingStartEvent)
"""The events that start a value. An alias is the only other that may stand there."""

_LARGEST_FILE = 256 * 1024
_DEEPEST = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class UnreadableError(Exception):
    """The text is no YAML of the kind that settings need.

    Attributes:
        line: The line that shows it, counted from 1.
        rule: The rule, in a sentence.
        fix: What probably mends it.
    """

    def __init__(self, line: int, rule: str, fix: str = "") -> None:
        super().__init__(rule)
        self.line = line
        self.rule = rule
        self.fix = fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The content of one file.

    Attributes:
        content: The file's mapping: text, None, lists and mappings.
        lines: The line of each key and list entry, by its place.
    """

    content: dict[str, Any]
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(file: Path) -> Source:
    """Read one file.

    Raises:
        UnreadableError: It is no YAML of the kind that settings need.
        OSError: It cannot be opened.
    """
    with file.open("rb") as stream:
        raw = stream.read(_LARGEST_FILE + 1)
    if len(raw) > _LARGEST_FILE:
        raise UnreadableError(1, f"A file is at most {_LARGEST_FILE // 1024} KB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(line, "A file is UTF-8 text.") from None
    return parse(text)


def parse(text: str) -> Source:
    """Parse the text of one file.

    Raises:
        UnreadableError: It is no YAML of the kind that settings need.
    """
    builder = _Builder()
    try:
        content = builder.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tab = "\\t" in str(error.problem)
        raise UnreadableError(
            mark.line + 1 if mark else 1,
            f"This is not YAML: {error.problem}.",
            "Indent with spaces." if tab else "",
        ) from None
    except (YAMLError, ValueError) as error:
        # ruamel raises a bare ValueError for an escape beyond Unicode's range.
        reason = str(error).splitlines()[0]
        raise UnreadableError(1, f"This is not YAML: {reason}.") from None
    if not isinstance(content, dict):
        raise UnreadableError(1, "A file holds keys and values.", "Write `key: value`.")
    return Source(content=content, lines=builder.lines)


class _Builder:
    """Makes values of the parser's events, and notes their lines."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}

    def document(self, events: Iterator[Event]) -> Any:
        content: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise UnreadableError(_line(event), "A file is one document.")
            elif isinstance(event, NodeEvent):
                content = self._node(event, events, ())
        return content

    def _node(self, event: Event, events: Iterator[Event], place: Place) -> Any:
        if not isinstance(event, _VALUES) or event.anchor is not None:
            raise UnreadableError(
                _line(event),
                "Anchors and aliases are not read here.",
                "Write the value out, or quote text that starts with & or *.",
            )
        if event.tag not in (None, "!"):
            raise UnreadableError(
                _line(event),
                "Tags are not read here: the key says what its value is.",
                "Remove the word with the exclamation mark, or quote the text.",
            )
        if len(place) > _DEEPEST:
            raise UnreadableError(_line(event), "This is nested too deeply.")
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, place)
        return self._mapping(events, place)

    def _sequence(self, events: Iterator[Event], place: Place) -> list[Any]:
        entries: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            entry = (*place, len(entries))
            self.lines[entry] = _line(event)
            entries.append(self._node(event, events, entry))
        return entries

    def _mapping(self, events: Iterator[Event], place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, events, place)
            if not isinstance(key, str):
                raise UnreadableError(_line(event), "A key is text.", "Quote it.")
            entry = (*place, key)
            if key in mapping:
                raise UnreadableError(
                    _line(event),
                    f"The key {key} stands twice, first on line {self.lines[entry]}.",
                    "Remove one of the two.",
                )
            self.lines[entry] = _line(event)
            mapping[key] = self._node(next(events), events, entry)
        return mapping


def _scalar(event: ScalarEvent) -> str | None:
    text: str = event.value
    if event.implicit[0] and text in _NULLS:
        return None
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UnreadableError(_line(event), "Half of a surrogate pair is not text.")
    return text


def _line(event: Event) -> int:
    line: int = event.start_mark.line
    return line + 1
