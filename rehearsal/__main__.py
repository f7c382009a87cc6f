"""`python -m rehearsal run|serve`: the rehearsal, or its AWS alone."""

import argparse
import signal
import sys
from collections.abc import Sequence

from private_transform.environment import EnvironmentFileError
from rehearsal.process import StartError
from rehearsal.walk import rehearse, serve


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
            return serve()
        return 0 if rehearse().status == "ok" else 1
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started is gone.", file=sys.stderr)
        return 130
    except (EnvironmentFileError, StartError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
