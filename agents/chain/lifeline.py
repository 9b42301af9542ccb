"""Runs a command and ends it when the parent is gone: ``python lifeline.py COMMAND…``.

The parent holds the other end of standard input. However the parent ends, kill -9 included, the system
closes that end, and the whole process group is ended here: `node` of a virtual environment is a script
that starts the real one, so ending the child alone would leave its child behind. This is a program of its
own in a group of its own, as only such a one can outlive the parent; it imports nothing of Agora.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys

GRACE_SECONDS = 2.0
LOOK_SECONDS = 0.2


def main(command: list[str]) -> int:
    """Run until the command ends, and give its exit code; or until standard input closes, and end all."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)  # The group that is ended below must be ours alone.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        # These are the parent's to answer: it closes our input when it is done with the command.
        signal.signal(number, signal.SIG_IGN)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_default_signals)  # noqa: S603
    while child.poll() is None:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], LOOK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 4096):
            os.killpg(0, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS)
            os.killpg(0, signal.SIGKILL)
    return child.returncode


def _default_signals() -> None:
    """An ignored signal stays ignored in a child, and then nothing could ask it to end."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
