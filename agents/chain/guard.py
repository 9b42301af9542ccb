"""Runs a command and ends it when the parent is gone: ``python guard.py COMMAND…``.

The parent holds the other end of standard input. However the parent ends, kill -9 included, the system
closes that end, and the command's process group is ended here. A program of its own, as only a process
that outlives the parent can do this; it imports nothing of Agora.
"""

import os
import select
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 3.0
LOOK_SECONDS = 0.2


def main(command: list[str]) -> int:
    """Run until the command ends or standard input closes; the command's exit code."""
    for number in (signal.SIGINT, signal.SIGHUP):
        # Ctrl-C is the parent's to answer: it closes our input when it is done with the command.
        signal.signal(number, signal.SIG_IGN)
    stop = [False]
    signal.signal(signal.SIGTERM, lambda *_: stop.__setitem__(0, True))
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - the caller's command is the purpose
    while child.poll() is None and not stop[0]:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], LOOK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 4096):
            break
    end(child)
    return child.returncode


def end(child: "subprocess.Popen[bytes]") -> None:
    """The child has ended: asked first, killed after GRACE_SECONDS."""
    until = time.monotonic() + GRACE_SECONDS
    child.terminate()
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    if child.poll() is None:
        child.kill()
    child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
