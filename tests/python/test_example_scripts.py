"""The examples run as their readers run them: as scripts, from a folder of their own, in seconds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SAYS = {
    "learning_quickstart.py": ["analysis: claimed 60, learned", "capabilities after a restart:"],
    "custom_profile.py": ["aggressive", "my own", "refused: risk_curvature is 1.5, but must be"],
    "own_policy.py": ["HalfWay", "AdaptiveBiddingStrategy", "LearnedBidder"],
    "train_in_gymnasium.py": ["profit an episode"],
}
"""What each prints, among other things."""


def run(script, folder):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "error",
    }
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


def test_every_example_is_run_here():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAYS)


@pytest.mark.parametrize("script", SAYS)
def test_an_example_runs(script, tmp_path):
    printed = run(script, tmp_path)
    assert [text for text in SAYS[script] if text not in printed] == []


def test_the_quickstart_leaves_its_two_files_and_can_be_run_again(tmp_path):
    first, second = run("learning_quickstart.py", tmp_path), run("learning_quickstart.py", tmp_path)
    assert first == second
    names = {path.name for path in (tmp_path / "models").iterdir()}
    assert {name.split("_", 1)[1] for name in names} == {
        "rl_model.pt",
        "state.json",
        "rl_model.pt.previous",
        "state.json.previous",
    }
