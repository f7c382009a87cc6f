"""`python -m rehearsal run|serve`: the rehearsal, or its AWS alone."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

HOME = Path(__file__).parents[1] / "build" / "rehearsal"


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 0 only if everything happened as it should."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="deploy, run, look and remove")
    commands.add_parser("serve", help="the embedded AWS until it is stopped")
    for each in commands.choices.values():
        each.add_argument(
            "--home",
            type=Path,
            default=HOME,
            help="folder of data, report and temporary files (build/rehearsal)",
        )
    options = parser.parse_args(arguments)
    # Ended from elsewhere, or with its terminal, it cleans up as after Ctrl-C.
    for ending in _ENDINGS:
        signal.signal(ending, _interrupt)
    try:
        return _run(options.command, options.home.resolve())
    except KeyboardInterrupt:
        print("Everything that was started is gone.", file=sys.stderr)
        return 130


def _interrupt(number: int, frame: object) -> NoReturn:
    """Stop what is done, once: a second Ctrl-C must not stop the cleaning up."""
    for each in _ENDINGS:
        signal.signal(each, signal.SIG_IGN)
    print("\nInterrupted; stopping what was started ...", file=sys.stderr, flush=True)
    raise KeyboardInterrupt


def _run(command: str, home: Path) -> int:
    # Imported here, because the imports take long enough for somebody's Ctrl-C.
    from botocore.exceptions import BotoCoreError, ClientError

    from private_transform.environment import EnvironmentFileError
    from rehearsal.process import StartError
    from rehearsal.steps import StepError
    from rehearsal.walk import rehearse, serve

    try:
        if command == "serve":
            serve(home)
        return 0 if rehearse(home).status == "ok" else 1
    except (
        EnvironmentFileError,
        StartError,
        StepError,
        BotoCoreError,
        ClientError,
    ) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
