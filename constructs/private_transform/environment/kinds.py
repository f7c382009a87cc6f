"""The kinds of text and number that an environment file may hold.

The reader hands over every scalar as the text that a person wrote. The type of
the field decides what becomes of it, so an account id keeps its leading zero and
a version 2.10 stays 2.10. Each kind says its rule in words, because the same
words are the error message.
"""

import difflib
import re
from collections.abc import Sequence, Sized
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    PydanticOmit,
    core_schema,
)


def broken(rule: str, fix: str = "") -> PydanticCustomError:
    """An error that carries our own sentences instead of pydantic's."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "fix": fix})


def nearest(written: str, known: Sequence[str]) -> str:
    """A sentence that names the known word most like the one that was written."""
    close = difflib.get_close_matches(written, known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known: {', '.join(known)}." if len(known) <= 12 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that matches a pattern as a whole and is not longer than `at_most`."""

    pattern: str
    rule: str
    fix: str = ""
    at_most: int | None = None

    def _check(self, text: str) -> str:
        too_long = self.at_most is not None and len(text) > self.at_most
        if too_long or re.fullmatch(self.pattern, text, re.DOTALL) is None:
            raise broken(self.rule, self.fix)
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after pydantic has seen that it is text."""
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the pattern and the length."""
        limit = {} if self.at_most is None else {"maxLength": self.at_most}
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$", **limit}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the words or numbers of a list."""

    known: tuple[str, ...] | tuple[int, ...]
    rule: str

    def _check(self, written: Any) -> Any:
        if written not in self.known:
            words = [str(word) for word in self.known]
            raise broken(self.rule, nearest(str(written), words))
        return written

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after pydantic has seen that it is of the right type."""
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the list."""
        return {**handler(schema), "enum": list(self.known)}


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number from `lowest` to `highest`."""

    lowest: int
    highest: int
    rule: str

    def _check(self, written: Any) -> int:
        if isinstance(written, str) and re.fullmatch("0|[1-9][0-9]{0,9}", written):
            number = int(written)
        elif isinstance(written, int) and not isinstance(written, bool):
            number = written
        else:
            raise broken(self.rule, "Write a whole number in plain digits.")
        if not self.lowest <= number <= self.highest:
            raise broken(self.rule)
        return number

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Make the number before pydantic sees it, so that no other form passes."""
        return core_schema.no_info_before_validator_function(
            self._check, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the bounds."""
        bounds = {"minimum": self.lowest, "maximum": self.highest}
        return {**handler(schema), **bounds}


@dataclass(frozen=True, slots=True)
class Size:
    """A list or mapping of `lowest` to `highest` entries."""

    lowest: int
    highest: int
    rule: str

    def _check(self, entries: Sized) -> Sized:
        if not self.lowest <= len(entries) <= self.highest:
            raise broken(self.rule)
        return entries

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Count after pydantic has seen the entries."""
        return core_schema.no_info_after_validator_function(
            self._check, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the bounds."""
        inner = handler(schema)
        what = "Items" if inner.get("type") == "array" else "Properties"
        return {**inner, f"min{what}": self.lowest, f"max{what}": self.highest}


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Text that looks like a number or a truth value in YAML, and stays text."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors that quotes are not needed."""
        return {**handler(schema), "type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class FromOtherFiles:
    """What other files hold: no key of this one, and not checked with it."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Leave the type alone; to build its checks here would cost them twice."""
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Keep the key from editors."""
        raise PydanticOmit


def _switch(written: Any) -> bool:
    if written in ("true", "false"):
        return bool(written == "true")
    if isinstance(written, bool):
        return written
    raise broken("This is true or false.", "YAML 1.2 knows no yes, no, on or off.")


def _day(written: Any) -> date | None:
    if written == "never":
        return None
    if isinstance(written, date):
        return written
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(written)) is None:
            raise ValueError
        return date.fromisoformat(str(written))
    except ValueError:
        raise broken(
            "An expiry is a day of the calendar.", "Write it as 2027-06-30."
        ) from None


Written = Annotated[str, AsWritten()]
Switch = Annotated[bool, BeforeValidator(_switch)]
Expiry = Annotated[
    date | None,
    BeforeValidator(_day),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"const": "never"}]}
    ),
]
