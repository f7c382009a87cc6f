"""`python -m rehearsal run|serve`: the rehearsal, or its AWS alone."""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence

from private_transform.environment import EnvironmentFileError
from rehearsal.process import EmbeddedAws, StartError
from rehearsal.walk import HOME, rehearse


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 0 only if everything happened as it should."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="deploy, run, look and remove")
    commands.add_parser("serve", help="the embedded AWS until it is stopped")
    options = parser.parse_args(arguments)
    # A terminated rehearsal cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if options.command == "serve":
            return _serve()
        return 0 if rehearse().status == "ok" else 1
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started is gone.", file=sys.stderr)
        return 130
    except (EnvironmentFileError, StartError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve() -> int:
    with EmbeddedAws(images={}, home=HOME) as aws:
        for name, value in sorted(aws.environment.items()):
            print(f"export {name}={shlex.quote(value)}", flush=True)
        print("# Serving until Ctrl-C.", flush=True)
        return aws.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
