"""What became of the register of accepted findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from compliance.register import (
    Acknowledgement,
    Register,
    RegisterError,
    read_register,
)
from review.bad_input import BadInputError
from review.findings import Finding

FILE = "acknowledgements.yaml"
"""The register, from a tree's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """The register on both sides; None where nobody knows it."""

    before: Register | None = None
    after: Register | None = None


def register_in(tree: Path) -> Register | None:
    """The register of a tree; None if it has none.

    Raises:
        BadInputError: It cannot be read as one.
    """
    file = tree / FILE
    if not file.is_file():
        return None
    try:
        return read_register(file)
    except RegisterError as error:
        raise BadInputError(str(file), str(error), "Mend the register.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterChange:
    """One finding in one place that is accepted, or was.

    Args:
        rule: The rule's id, with placeholders.
        scope: The construct's path, with placeholders.
        change: What became of it.
        reason: Why it is accepted, or was.
        owner: Who answers for it.
        expires: Its last day in ISO 8601.
        line: Where its entry begins in the register; None if it is gone.
    """

    rule: str
    scope: str
    change: Literal["new", "changed", "gone"]
    reason: str
    owner: str
    expires: str
    line: int | None


def register_changes(registers: Registers) -> list[RegisterChange]:
    """Everything that differs, where both sides are known."""
    if registers.before is None or registers.after is None:
        return []
    before, after = dict(_pairs(registers.before)), dict(_pairs(registers.after))
    return [
        _change(pair, before.get(pair), after.get(pair))
        for pair in sorted(before.keys() | after.keys())
        if _terms(before.get(pair)) != _terms(after.get(pair))
    ]


def findings(changes: list[RegisterChange]) -> Iterator[Finding]:
    """To accept more needs somebody who knows."""
    for each in changes:
        terms = (
            f"until {each.expires}. Reason: {each.reason.rstrip('.')}. "
            f"Owner: {each.owner}."
        )
        about = f"`{each.rule}` in `{each.scope}`"
        if each.change == "new":
            yield Finding(
                rule="acknowledgement-new",
                severity="medium",
                resource=FILE,
                message=f"{about} is accepted now, {terms}",
            )
        elif each.change == "changed":
            yield Finding(
                rule="acknowledgement-changed",
                severity="low",
                resource=FILE,
                message=f"{about} is accepted otherwise, {terms}",
            )


def _pairs(register: Register) -> Iterator[tuple[tuple[str, str], Acknowledgement]]:
    for entry in register.acknowledgements:
        for pair in entry.pairs():
            yield pair, entry


def _terms(entry: Acknowledgement | None) -> tuple[str, str, date] | None:
    return (entry.reason, entry.owner, entry.expires) if entry else None


def _change(
    pair: tuple[str, str], old: Acknowledgement | None, new: Acknowledgement | None
) -> RegisterChange:
    entry = new or old
    assert entry is not None
    rule, scope = pair
    return RegisterChange(
        rule=rule,
        scope=scope,
        change="gone" if new is None else "new" if old is None else "changed",
        reason=entry.reason,
        owner=entry.owner,
        expires=entry.expires.isoformat(),
        line=new.line if new else None,
    )
