"""Weights are read back as they were written, and nothing else is taken for weights."""

import json

import pytest
import torch

from agents.errors import CheckpointUnreadable
from agents.learning import checkpoint, train
from agents.learning.network import BidNetwork, fresh


@pytest.fixture
def path(tmp_path):
    return tmp_path / "prior.pt"


def write(path, network):
    checkpoint.save(network, path, family=checkpoint.FAMILY, schedule=checkpoint.SCHEDULE, seed=7)


def test_what_was_written_is_read_back(path):
    network = fresh(torch.Generator().manual_seed(0))
    write(path, network)
    found = checkpoint.load(path)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), found.parameters(), strict=True))
    origin = json.loads(path.with_suffix(".json").read_text())
    assert origin["seed"] == 7
    assert origin["schedule"]["steps"] == checkpoint.SCHEDULE.steps


def test_the_shipped_prior_says_how_it_was_made():
    checkpoint.load()
    folder = checkpoint.files("agents.learning") / "checkpoints"
    origin = json.loads((folder / "prior.json").read_text())
    assert origin["seed"] == checkpoint.SEED
    assert origin["schedule"]["steps"] == checkpoint.SCHEDULE.steps


@pytest.mark.parametrize("damage", ["missing", "text", "cut", "shape", "nan"])
def test_what_does_not_fit_is_refused(path, damage):
    network = fresh(torch.Generator().manual_seed(0))
    write(path, network)
    if damage == "missing":
        path.unlink()
    elif damage == "text":
        path.write_text("weights")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    elif damage == "shape":
        torch.save({"layers.0.weight": torch.ones(2, 2)}, path)
    else:
        with torch.no_grad():
            network.layers[0].bias[0] = float("nan")
        write(path, network)
    with pytest.raises(CheckpointUnreadable, match=r"prior\.pt holds no weights") as refused:
        checkpoint.load(path)
    assert "make train" in str(refused.value)


def test_a_file_cannot_run_code(path):
    torch.save(BidNetwork(), path)  # a whole object, which only an unsafe load would build
    with pytest.raises(CheckpointUnreadable):
        checkpoint.load(path)


def test_the_command_writes_a_checkpoint(path, capsys):
    train.main(["--out", str(path), "--steps", "2", "--seed", "5"])
    checkpoint.load(path)
    assert json.loads(path.with_suffix(".json").read_text())["seed"] == 5
    assert "2 steps" in capsys.readouterr().out
