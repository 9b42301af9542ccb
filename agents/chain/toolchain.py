"""Finds Node, Hardhat and anvil; says what to do when they are not there."""

import os
import shutil
import sys
from pathlib import Path

from agents.errors import ToolchainMissing

ROOT = Path(__file__).resolve().parents[2]
HARDHAT = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"


def search_path() -> str:
    """The folders to look for programs in: this Python's own first, where the project's Node lies."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def hardhat() -> list[str]:
    """The beginning of a Hardhat command line; raises ToolchainMissing."""
    node = shutil.which("node", path=search_path())
    if node is None:
        raise ToolchainMissing("Node is not installed: run `make setup`")
    if not HARDHAT.exists():
        raise ToolchainMissing("Hardhat is not installed: run `make setup`")
    return [node, str(HARDHAT)]


def anvil() -> str:
    """The path of anvil; raises ToolchainMissing."""
    found = shutil.which("anvil", path=search_path())
    if found is None:
        raise ToolchainMissing("anvil is not on the path: install Foundry, or use the Hardhat chain")
    return found


def environment(**extra: str) -> dict[str, str]:
    """This process's environment for a child, with our programs first on its path."""
    own = {"PATH": search_path(), "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}
    return os.environ | own | extra
