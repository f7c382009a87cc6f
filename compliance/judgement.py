"""Compares what was found with what was acknowledged; neither may exceed the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from compliance.finding import Finding
from compliance.placeholders import filled, values_of
from compliance.register import Acknowledgement, Register
from private_transform.environment import Environment, Problem

_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the checks found in one environment."""

    environment: Environment
    findings: tuple[Finding, ...]


def judge(
    register: Register, runs: Sequence[Run], *, today: date
) -> tuple[Problem, ...]:
    """List the findings without acknowledgement and the entries without use.

    Args:
        register: What was acknowledged.
        runs: Every environment that the register is for: an entry that none of them
            needs is reported.
        today: Entries last through the day on which they expire.
    """
    return (
        *(problem for run in runs for problem in _unacknowledged(register, run)),
        *_unused(register, runs),
        *_out_of_time(register, today),
    )


def _unacknowledged(register: Register, run: Run) -> Iterator[Problem]:
    values = values_of(run.environment)
    accepted = {
        pair
        for entry in register.acknowledgements
        for finding, scope in entry.pairs()
        for pair in filled(finding, scope, values)
    }
    for found in run.findings:
        if (found.rule, found.path) not in accepted:
            yield Problem(
                file=register.file,
                line=0,
                path=found.path,
                value=found.rule,
                rule=f"{found.check} finds: {found.meaning}",
                fix="Mend the construct, or acknowledge exactly this finding there.",
            )


def _unused(register: Register, runs: Sequence[Run]) -> Iterator[Problem]:
    found = [
        (values_of(run.environment), {(each.rule, each.path) for each in run.findings})
        for run in runs
    ]
    for entry in register.acknowledgements:
        for finding, scope in entry.pairs():
            if not any(
                pair in pairs
                for values, pairs in found
                for pair in filled(finding, scope, values)
            ):
                yield Problem(
                    file=register.file,
                    line=entry.line,
                    path=scope,
                    value=finding,
                    rule="Nothing is found there any more: this is unused.",
                    fix="Remove the finding or the scope, or correct it.",
                )


def _out_of_time(register: Register, today: date) -> Iterator[Problem]:
    for entry in register.acknowledgements:
        if entry.expires < today:
            yield _late(
                register,
                entry,
                f"This expired on {entry.expires}; today is {today}.",
                "Mend the construct, or let the owner confirm the reason and renew it.",
            )
        elif entry.expires > today + _LONGEST:
            yield _late(
                register,
                entry,
                "An acknowledgement lasts at most 366 days.",
                f"Write {today + _LONGEST} or earlier.",
            )


def _late(register: Register, entry: Acknowledgement, rule: str, fix: str) -> Problem:
    return Problem(
        file=register.file,
        line=entry.line,
        path=", ".join(entry.findings),
        value=f"of {entry.owner}",
        rule=rule,
        fix=fix,
    )
