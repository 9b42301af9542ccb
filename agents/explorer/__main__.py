"""``python -m agents.explorer``: an explorer as a process of its own."""

from agents.console import run_script
from agents.explorer.command import explorer

if __name__ == "__main__":
    run_script(explorer)
