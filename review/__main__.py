"""`python -m review [OLD] NEW`: review a change before it is deployed."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from .assembly import read_assembly
from .bad_input import BadInputError
from .delta.register import Registers, register_in
from .prices import prices_in
from .report.as_json import as_json
from .report.html import as_html
from .report.markdown import as_markdown
from .report.sarif import as_sarif
from .review import FailOn, Review, review
from .scene import UnclearError

FORMS: Mapping[str, Callable[[Review, FailOn], str]] = {
    "html": as_html,
    "json": as_json,
    "md": as_markdown,
    "sarif": as_sarif,
}
"""The forms by their names."""

ROOT = Path(__file__).parents[1]
"""The repository, whose register says which findings are accepted."""

_FAIL_ON: Mapping[str, FailOn] = {
    "high": "high",
    "low": "low",
    "medium": "medium",
    "never": None,
}
_BAD_INPUT = 2
_SIDES = 2


def main(arguments: list[str]) -> int:
    """Review; 0 if nothing blocks, 1 if something does, 2 for bad input."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if len(asked.assemblies) > _SIDES:
        parser.error("a review has two sides: OLD and NEW")
    fail_on = _FAIL_ON[asked.fail_on]
    try:
        sides = [read_assembly(path) for path in asked.assemblies]
        before = sides[0] if len(sides) > 1 else None
        found = review(
            before,
            sides[-1],
            today=datetime.now(UTC).date(),
            registers=Registers(after=register_in(ROOT)),
            prices=prices_in(ROOT),
        )
        text = FORMS[asked.format](found, fail_on)
        if asked.out is None:
            sys.stdout.write(text)
        else:
            asked.out.parent.mkdir(parents=True, exist_ok=True)
            asked.out.write_text(text, "utf-8")
    except (BadInputError, OSError, UnclearError) as error:
        print(error, file=sys.stderr)
        return _BAD_INPUT
    return 1 if found.blocks(fail_on) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review",
        description="What a reviewer must know of a change, proved where it can be.",
    )
    parser.add_argument(
        "assemblies",
        nargs="+",
        type=Path,
        metavar="OLD NEW",
        help="cloud assemblies, or templates of a foundation under any names; "
        "NEW alone is reviewed as creation",
    )
    parser.add_argument("--format", choices=sorted(FORMS), default="md")
    parser.add_argument("--fail-on", choices=sorted(_FAIL_ON), default="high")
    parser.add_argument("--out", type=Path, help="a file; without it, standard output")
    return parser


if __name__ == "__main__":
    # Nothing is under way that has to be put away.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
