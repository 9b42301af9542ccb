"""An agent's learned state on disk: two files that always belong together, and the pair before them.

    models/{agent_address}_rl_model.pt     the weights: a dict of tensors, and nothing else
    models/{agent_address}_state.json      all else, the address, the version, and the digests of both
    (each with .previous: the last good pair before this one)

The JSON names the digest of its weights. A process that is killed at any moment of ``save`` leaves either the
old pair or the new one: the weights move first, and until the JSON follows, the old JSON still finds its weights
under ``.previous``. One process at a time writes the files of an agent.
"""

import hashlib
import io
import json
import os
import pickle
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from pydantic_core import from_json

from agents.errors import SettingOutOfRange, StateFileRefused

FORMAT, VERSION = "agora-learning-state", 1
MOST_BYTES = 64 * 2**20
MODELS = Path("models")

Shapes = Mapping[str, tuple[int, ...]]
Weights = Mapping[str, torch.Tensor]
ShapesOf = Callable[[Mapping[str, Any]], Shapes]
"""What shapes the weights of a state have; it may raise pydantic's ValidationError for what is no state."""

_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")


class Disk:
    """What is done to files, each step durable when it returns."""

    def write(self, path: Path, data: bytes) -> Path:
        """``data`` in a new file beside ``path``; returns its name."""
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)

    def move(self, source: Path, target: Path) -> None:
        """``source`` takes the place of ``target``, at once."""
        source.replace(target)
        _sync(target.parent)

    def keep(self, source: Path, target: Path) -> None:
        """``target`` is ``source`` as it is now, which stays."""
        self.move(self.write(target, source.read_bytes()), target)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read back."""

    state: dict[str, Any]
    weights: dict[str, torch.Tensor]


class StateFiles:
    """The files of one agent. Raises SettingOutOfRange for what is no address: it becomes a file's name."""

    def __init__(self, agent_address: str, folder: Path = MODELS, disk: Disk | None = None) -> None:
        check_address(agent_address)
        self.address = agent_address
        self._disk = disk or Disk()
        spelling = _spelling(folder, agent_address)
        self.state = folder / f"{spelling}_state.json"
        self.model = folder / f"{spelling}_rl_model.pt"

    def save(self, state: Mapping[str, Any], weights: Weights) -> None:
        """The pair is on disk, and the last good one is beside it. ``state`` is JSON without NaN."""
        self.state.parent.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()
        torch.save({name: tensor.detach().cpu() for name, tensor in weights.items()}, packed)
        text = _sealed(self.address, state, packed.getvalue())
        new_model = self._disk.write(self.model, packed.getvalue())
        new_state = self._disk.write(self.state, text)
        self._set_aside()
        self._disk.move(new_model, self.model)
        self._disk.move(new_state, self.state)
        for left in self.state.parent.glob(f".{self.state.name[:42]}_*"):
            left.unlink()  # of a process that was killed

    def load(self, shapes_of: ShapesOf, *, previous: bool = False) -> Saved:
        """The newest pair, or the one before it; its weights have just the shapes that its state calls for.

        Raises StateFileRefused, which names the file and the field.
        """
        path = _before(self.state) if previous else self.state
        older = None if previous else self._older(shapes_of)
        body = self._body(path, older)
        try:
            shapes = shapes_of(body["state"])
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise StateFileRefused(path, ".".join(map(str, first["loc"])), first["msg"], older) from None
        model, data = self._weights_of(path, body["model_sha256"], older)
        return Saved(body["state"], _tensors(model, data, shapes, older))

    def exist(self) -> bool:
        """Whether anything was ever saved."""
        return any(path.exists() for path in (self.state, _before(self.state)))

    def _set_aside(self) -> None:
        """What is good now is under ``.previous``; what is not, under ``.refused``, so that nothing is lost."""
        good = self._good(self.state)
        if good is not None:
            if good == self.model:
                self._disk.keep(self.model, _before(self.model))
            self._disk.keep(self.state, _before(self.state))
        elif self._good(_before(self.state)) == self.model:
            self._disk.keep(self.model, _before(self.model))
        elif self.state.exists():
            self._disk.keep(self.state, _named(self.state, "refused"))
            if self.model.exists():
                self._disk.keep(self.model, _named(self.model, "refused"))

    def _good(self, path: Path) -> Path | None:
        """The file with the weights of a state that is whole; None for one that is not."""
        try:
            body = self._body(path, None)
            return self._weights_of(path, body["model_sha256"], None)[0]
        except StateFileRefused:
            return None

    def _older(self, shapes_of: ShapesOf) -> Path | None:
        """The earlier state, if it can be loaded."""
        try:
            self.load(shapes_of, previous=True)
        except StateFileRefused:
            return None
        return _before(self.state)

    def _body(self, path: Path, older: Path | None) -> dict[str, Any]:
        """The JSON file's fields, each checked."""
        try:
            body = from_json(
                _bytes(path, older), allow_inf_nan=False
            )  # which, unlike json, bears any nesting
        except ValueError as error:
            raise StateFileRefused(path, "text", f"is no JSON ({error})", older) from None
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise StateFileRefused(path, "format", f"is not {FORMAT!r}", older)
        if body.get("version") != VERSION:
            raise StateFileRefused(path, "version", f"is {body.get('version')!r}, not {VERSION}", older)
        if str(body.get("agent_address")).lower() != self.address.lower():
            problem = f"is {body.get('agent_address')!r}, not {self.address}"
            raise StateFileRefused(path, "agent_address", problem, older)
        if body.pop("checksum", None) != _checksum(body):
            raise StateFileRefused(
                path, "checksum", "does not fit the content: it was altered or cut off", older
            )
        if not isinstance(body.get("state"), dict) or not isinstance(body.get("model_sha256"), str):
            raise StateFileRefused(path, "state", "is missing", older)
        return body

    def _weights_of(self, state: Path, digest: str, older: Path | None) -> tuple[Path, bytes]:
        """The weights that a state belongs to: those beside it, or the others if a save was cut off."""
        places = (self.model, _before(self.model))
        for path in places if state == self.state else reversed(places):
            if path.exists() and hashlib.sha256(data := _bytes(path, older)).hexdigest() == digest:
                return path, data
        raise StateFileRefused(
            self.model, "sha256", f"is not the {digest[:10]}… that {state.name} was saved with", older
        )


def check_address(value: object) -> str:
    """``value``, if it is an address. Raises SettingOutOfRange naming agent_address."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise SettingOutOfRange("agent_address", value, "an address: 0x and 40 hexadecimal digits")
    return value


def _tensors(path: Path, data: bytes, shapes: Shapes, older: Path | None) -> dict[str, torch.Tensor]:
    try:
        weights = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, AttributeError) as error:
        raise StateFileRefused(path, "weights", f"cannot be read ({error})", older) from None
    if not isinstance(weights, dict) or set(weights) != set(shapes):
        names = sorted(map(str, weights)) if isinstance(weights, dict) else type(weights).__name__
        raise StateFileRefused(path, "weights", f"are {names}, not {sorted(shapes)}", older)
    for name, shape in shapes.items():
        tensor = weights[name]
        if not isinstance(tensor, torch.Tensor) or tuple(tensor.shape) != shape:
            found = tuple(tensor.shape) if isinstance(tensor, torch.Tensor) else type(tensor).__name__
            raise StateFileRefused(path, name, f"has shape {found}, not {shape}", older)
        if not bool(torch.isfinite(tensor).all()):
            raise StateFileRefused(path, name, "holds values that are no finite numbers", older)
    return dict(weights)


def _sealed(address: str, state: Mapping[str, Any], model: bytes) -> bytes:
    body: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "agent_address": address,
        "model_sha256": hashlib.sha256(model).hexdigest(),
        "state": json.loads(json.dumps(dict(state), allow_nan=False)),  # as it will be read back
    }
    return json.dumps(body | {"checksum": _checksum(body)}, allow_nan=False, indent=1).encode()


def _checksum(body: Mapping[str, Any]) -> str:
    """SHA-256 of the content, however it is laid out."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(path: Path, older: Path | None) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StateFileRefused(path, "size", f"is over {MOST_BYTES:,} bytes", older)
        return path.read_bytes()
    except OSError as error:
        raise StateFileRefused(path, "file", f"cannot be read ({error.strerror})", older) from None


def _spelling(folder: Path, address: str) -> str:
    """The address as the files on disk spell it, in capitals or not; else as it is given."""
    wanted = f"{address}_state.json".lower()
    found = (path.name for path in folder.glob("*_state.json") if path.name.lower() == wanted)
    return next(found, address)[: len(address)]


def _before(path: Path) -> Path:
    return _named(path, "previous")


def _named(path: Path, word: str) -> Path:
    return path.with_name(f"{path.name}.{word}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
