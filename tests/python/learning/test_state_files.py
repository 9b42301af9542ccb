"""State on disk: a pair that fits whenever the process dies, and files that are refused by name."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from agents.errors import SettingOutOfRange, StateFileRefused
from agents.learning.state_files import VERSION, Disk, StateFiles, check_address

ADA, BOB = "0x" + "aB" * 20, "0x" + "12" * 20
SHAPES = {"critic.weight": (2, 3), "critic.bias": (2,)}


def shapes_of(_state):
    return SHAPES


def weights(value):
    return {name: torch.full(shape, float(value)) for name, shape in SHAPES.items()}


def save(folder, *values, disk=None, address=ADA):
    """Pairs saved one after another, each recognisable by its value on both sides."""
    for value in values:
        StateFiles(address, folder, disk).save({"value": value}, weights(value))


def load(folder, *, previous=False, address=ADA):
    """The value of a pair, once both sides are seen to agree on it."""
    saved = StateFiles(address, folder).load(shapes_of, previous=previous)
    assert all(bool((tensor == saved.state["value"]).all()) for tensor in saved.weights.values())
    return saved.state["value"]


class Crash(Exception):
    pass


class FailingDisk(Disk):
    """Does ``steps`` steps and dies before the next; ``torn`` also writes half of what it dies at."""

    def __init__(self, steps, *, torn=False, kill=False):
        self.left, self.torn, self.kill = steps, torn, kill

    def _step(self):
        if self.left == 0:
            if self.kill:
                os.kill(os.getpid(), signal.SIGKILL)
            raise Crash
        self.left -= 1

    def write(self, path, data):
        if self.left == 0 and self.torn:
            super().write(path, data[: len(data) // 2])
        self._step()
        return super().write(path, data)

    def move(self, source, target):
        self._step()
        super().move(source, target)


def steps_of_a_save(folder):
    disk = FailingDisk(1000)
    save(folder, 1, 2)
    save(folder, 3, disk=disk)
    return 1000 - disk.left


def test_a_pair_is_read_back_and_the_one_before_it_too(tmp_path):
    save(tmp_path, 1, 2, 3)
    assert (load(tmp_path), load(tmp_path, previous=True)) == (3, 2)
    names = {path.name for path in tmp_path.iterdir()}
    pair = {f"{ADA}_rl_model.pt", f"{ADA}_state.json"}
    assert names == pair | {f"{name}.previous" for name in pair}


def test_the_weights_file_holds_tensors_and_nothing_else(tmp_path):
    save(tmp_path, 1)
    held = torch.load(tmp_path / f"{ADA}_rl_model.pt", weights_only=True)
    assert {name: tuple(tensor.shape) for name, tensor in held.items()} == SHAPES


def test_a_state_comes_back_as_json_knows_it(tmp_path):
    files = StateFiles(ADA, tmp_path)
    files.save({"numbers": {10: 0.1, 9: 1e-300}, "pair": (1, 2)}, weights(0))
    assert files.load(shapes_of).state == {"numbers": {"10": 0.1, "9": 1e-300}, "pair": [1, 2]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.save({"value": float("nan")}, weights(0))
    assert files.load(shapes_of).state["pair"] == [1, 2], "a state that cannot be written moves nothing"


@pytest.mark.parametrize("torn", [False, True])
def test_death_at_any_step_leaves_a_pair_that_fits_and_no_save_loses_it(tmp_path, torn):
    steps = steps_of_a_save(tmp_path / "count")
    assert steps >= 8
    seen = set()
    for number in range(steps):
        folder = tmp_path / f"{torn}{number}"
        save(folder, 1, 2)
        with pytest.raises(Crash):
            save(folder, 3, disk=FailingDisk(number, torn=torn))
        seen.add(load(folder))
        # Dying again and again, at every step, must not wear the pairs down.
        for again in range(steps):
            before = load(folder)
            try:
                save(folder, 10 + again, disk=FailingDisk(again, torn=torn))
            except Crash:
                assert load(folder) == before
        save(folder, 99)
        assert load(folder) == 99
        assert load(folder, previous=True) >= 2
        assert not [path for path in folder.iterdir() if path.name.startswith(".")], "nothing is left over"
    assert seen == {2}


def test_a_process_that_is_killed_leaves_a_pair_that_fits(tmp_path):
    steps = steps_of_a_save(tmp_path / "count")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from test_state_files import FailingDisk, save\n"
        "for number in range(int(sys.argv[3])):\n"
        "    import os\n"
        "    if os.fork() == 0:\n"
        "        save(Path(sys.argv[2]) / str(number), 1, 2)\n"
        "        save(Path(sys.argv[2]) / str(number), 3, disk=FailingDisk(number, kill=True))\n"
        "        os._exit(3)\n"
        "    assert os.waitstatus_to_exitcode(os.wait()[1]) == -9\n"
    )
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", script, here, str(tmp_path), str(steps)], check=True)
    assert [load(tmp_path / str(number)) for number in range(steps)] == [2] * steps


def altered(path, **changes):
    """The JSON with some fields changed and its checksum mended, as another version would have written it."""
    body = json.loads(path.read_text()) | changes
    body.pop("checksum")
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    path.write_text(json.dumps(body | {"checksum": hashlib.sha256(text.encode()).hexdigest()}))


def refusal(folder, field, address=ADA, shapes=SHAPES):
    with pytest.raises(StateFileRefused) as caught:
        StateFiles(address, folder).load(lambda _state: shapes)
    assert caught.value.field == field
    assert str(caught.value.path) in str(caught.value)
    assert field in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        (lambda path: path.write_bytes(b""), "text"),
        (lambda path: path.write_bytes(path.read_bytes()[:100]), "text"),
        (lambda path: path.write_text('{"a": NaN}'), "text"),
        (lambda path: path.write_text("[" * 100_000), "text"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "text"),
        (lambda path: path.write_text("[]"), "format"),
        (lambda path: path.write_text("{}"), "format"),
        (lambda path: path.write_text(path.read_text().replace('"value": 2', '"value": 7')), "checksum"),
        (lambda path: altered(path, version=VERSION + 1), "version"),
        (lambda path: altered(path, agent_address=BOB), "agent_address"),
        (lambda path: altered(path, state=[1]), "state"),
        (lambda path: altered(path, model_sha256=3), "state"),
        (lambda path: altered(path, model_sha256="ab" * 32), "sha256"),
        (lambda path: path.unlink(), "file"),
    ],
)
def test_a_damaged_state_is_refused_by_name_and_the_older_one_loads(tmp_path, damage, field):
    save(tmp_path, 1, 2)
    path = tmp_path / f"{ADA}_state.json"
    damage(path)
    error = refusal(tmp_path, field)
    assert error.older == path.with_name(f"{path.name}.previous")
    assert "previous=True" in str(error)
    assert load(tmp_path, previous=True) == 1
    save(tmp_path, 3)
    assert (load(tmp_path), load(tmp_path, previous=True)) == (3, 1), "the good one was kept"


@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_damaged_weights_are_refused_and_the_older_ones_load(tmp_path, damage):
    save(tmp_path, 1, 2)
    path = tmp_path / f"{ADA}_rl_model.pt"
    path.write_bytes(damage) if damage is not None else path.unlink()
    assert refusal(tmp_path, "sha256").path == path
    assert load(tmp_path, previous=True) == 1


def test_a_pair_of_another_agent_is_refused(tmp_path):
    save(tmp_path, 1, address=BOB)
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / path.name.replace(BOB, ADA))
    assert refusal(tmp_path, "agent_address").older is None


def test_weights_of_another_shape_or_name_are_refused(tmp_path):
    save(tmp_path, 1)
    refusal(tmp_path, "critic.bias", shapes=SHAPES | {"critic.bias": (3,)})
    refusal(tmp_path, "weights", shapes=SHAPES | {"actor": (1,)})
    refusal(tmp_path, "weights", shapes={})


@pytest.mark.parametrize(
    ("held", "field"),
    [
        ([1, 2], "weights"),
        (dict.fromkeys(SHAPES, 1), "critic.weight"),
        (weights(float("inf")), "critic.weight"),
        (Path("/etc/passwd"), "weights"),
    ],
)
def test_weights_that_are_no_finite_tensors_are_refused(tmp_path, held, field):
    save(tmp_path, 1)
    model = tmp_path / f"{ADA}_rl_model.pt"
    torch.save(held, model)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    altered(tmp_path / f"{ADA}_state.json", model_sha256=digest)
    refusal(tmp_path, field)


def test_two_bad_pairs_are_set_aside_before_they_are_overwritten(tmp_path):
    save(tmp_path, 1, 2)
    for name in ("state.json", "state.json.previous"):
        altered(tmp_path / f"{ADA}_{name}", version=9)
    assert refusal(tmp_path, "version").older is None
    save(tmp_path, 3)
    assert load(tmp_path) == 3
    assert json.loads((tmp_path / f"{ADA}_state.json.refused").read_text())["version"] == 9


def test_an_address_is_one_agent_however_it_is_written(tmp_path):
    save(tmp_path, 1)
    save(tmp_path, 2, address=ADA.lower())
    assert load(tmp_path, address="0x" + ADA[2:].upper()) == 2
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    "address",
    [
        "",
        "0x",
        "0x" + "g" * 40,
        "0x" + "a" * 39,
        "0x" + "a" * 41,
        "../" * 13 + "abc",
        "0x" + "a" * 40 + "\n",
        7,
        None,
    ],
)
def test_what_is_no_address_never_becomes_a_path(tmp_path, address):
    with pytest.raises(SettingOutOfRange, match=r"^agent_address is .*40 hexadecimal digits"):
        StateFiles(address, tmp_path)
    with pytest.raises(SettingOutOfRange, match=r"^agent_address is "):
        check_address(address)
    assert not list(tmp_path.iterdir())


def test_nothing_saved_is_said_so(tmp_path):
    files = StateFiles(ADA, tmp_path / "none")
    assert not files.exist()
    with pytest.raises(StateFileRefused, match=f"{ADA}_state.json: file cannot be read"):
        files.load(shapes_of)
