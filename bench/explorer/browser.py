"""Runs the page in a real browser: the script beside this file, under Node."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPT = Path(__file__).with_name("browser.js")


@contextmanager
def browser(*arguments: str) -> Iterator[None]:
    """The script works until the block has ended; raises CalledProcessError where it fails."""
    command = ["node", str(SCRIPT), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()
            process.wait()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
