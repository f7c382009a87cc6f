"""Run a command that ends when whoever started it is gone.

    python leash.py COMMAND [ARGUMENT ...]

The leash is standard input: when its other end closes, even because the other process
was killed, the leash kills its whole process group, itself included. It must be started
as the leader of a group. It exits as the command does, `128 + n` after signal `n`.
"""

import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    # The group's SIGTERM reaches the command directly; the leash stays to report how
    # it took it. A handler, unlike SIG_IGN, is not inherited by the command.
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    threading.Thread(target=_kill_when_let_go, daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


def _kill_when_let_go() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
