"""The folder of a recorded run: its chain, its calls, its tasks, and what it was made with."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Self

import yaml

from agents.chain import toolchain
from agents.errors import ContractChanged, FileExists, NotARecording
from agents.fleet.caps import Limits
from agents.fleet.timeline.thinking import Pace
from agents.llm.cassette.manifest import Manifest
from agents.llm.prices import PriceTable
from agents.market.readers import read_tasks
from agents.requester import Windows

FORMAT = 1
_LIBRARIES = ("numpy", "torch", "agora-market")
"""Whose versions are kept beside Python's: their numbers can move a bid."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do."""

    agents: int
    policy: str
    batch: str
    """The name of its batch of tasks."""
    windows: Windows
    limits: Limits
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    outcome: str
    block: int
    state_root: str
    stopped: int | None = None
    """The block after which a person stopped it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What ``run.json`` holds. While a run goes on, and if it was killed, it has no ending."""

    plan: Plan
    made_with: Manifest
    versions: Mapping[str, str]
    ending: Ending | None = None

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The recording in a folder. Raises NotARecording."""
        path = Paths(folder).manifest
        try:
            kept = json.loads(path.read_text("utf-8"))
            if kept["format"] != FORMAT:
                raise NotARecording(folder, f"its format is {kept['format']}, this version reads {FORMAT}")
            plan = kept["plan"]
            shapes = {"windows": Windows, "limits": Limits, "pace": Pace}
            parts = {name: shape(**plan[name]) for name, shape in shapes.items()}
            ending = kept["ending"]
            return cls(
                Plan(**{**plan, **parts}),
                Manifest.of_json(kept["made_with"]),
                kept["versions"],
                None if ending is None else Ending(**ending),
            )
        except OSError as error:
            raise NotARecording(folder, f"{path.name}: {error.strerror}") from None
        except (ValueError, TypeError, KeyError) as error:
            raise NotARecording(folder, f"{path.name} is damaged: {type(error).__name__}") from None

    def save(self, folder: Path) -> None:
        """Keep it in the folder; whoever reads it sees the old text or the new one."""
        path = Paths(folder).manifest
        kept = {
            "format": FORMAT,
            "plan": asdict(self.plan),
            "made_with": self.made_with.to_json(),
            "versions": dict(self.versions),
            "ending": None if self.ending is None else asdict(self.ending),
        }
        part = path.with_name(f".{path.name}")
        with part.open("w", encoding="utf-8") as file:
            file.write(json.dumps(kept, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def ended(self, ending: Ending) -> "Recording":
        """The same with its ending."""
        return replace(self, ending=ending)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things lie in a recording's folder."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """What it was made with, and how it ended."""
        return self.folder / "run.json"

    @property
    def journal(self) -> Path:
        """The chain."""
        return self.folder / "run.db"

    @property
    def cassette(self) -> Path:
        """The calls of models."""
        return self.folder / "cassette.db"

    @property
    def tasks(self) -> Path:
        """The tasks that were posted, with their answers."""
        return self.folder / "tasks.jsonl"

    @property
    def prices(self) -> Path:
        """The prices of models, where the run had a list of its own."""
        return self.folder / "prices.yaml"

    @property
    def own_prices(self) -> Path | None:
        """That list, if there is one."""
        return self.prices if self.prices.exists() else None

    def begin(self, tasks: Path, limit: int | None, models: Path | None) -> None:
        """The folder is there with the first ``limit`` tasks of a file, or all, and has nothing else yet.

        Of the file ``models`` it has the prices, and not where the models are. Raises FileExists, and what
        ``read_tasks`` and ``PriceTable.load`` raise.
        """
        for path in (self.manifest, self.journal, self.cassette, self.tasks, self.prices):
            if path.exists():
                raise FileExists(path)
        count = len(read_tasks(tasks, limit))
        lines = [line for line in tasks.read_bytes().split(b"\n") if line.strip()]
        self.folder.mkdir(parents=True, exist_ok=True)
        if models is not None:
            PriceTable.load(models)
            own = yaml.safe_load(models.read_bytes()) or {}
            kept = {name: own[name] for name in ("default", "models") if name in own}
            self.prices.write_text(yaml.safe_dump(kept), encoding="utf-8")
        self.tasks.write_bytes(b"\n".join(lines[:count]) + b"\n")


def versions() -> Mapping[str, str]:
    """Of Python, of what computes prices and of Hardhat."""
    package = toolchain.HARDHAT.parents[2] / "package.json"
    hardhat = json.loads(package.read_text("utf-8"))["version"] if package.exists() else "none"
    libraries = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **libraries, "hardhat": hardhat}


def contracts() -> Mapping[str, str]:
    """The SHA-256 of the bytecode of each contract that is compiled here, by name."""
    folder = toolchain.ROOT / "artifacts" / "contracts"
    found = {}
    for path in sorted(folder.rglob("*.sol/*.json")):
        bytecode = json.loads(path.read_text("utf-8")).get("bytecode", "0x")
        if bytecode != "0x":
            found[path.stem] = hashlib.sha256(bytecode.encode()).hexdigest()
    return found


def check_contracts(made_with: Manifest) -> None:
    """What is compiled here is what a run was recorded with; nothing compiled says nothing. Raises ContractChanged."""
    here = contracts()
    for name, recorded in made_with.contracts.items():
        if here and here.get(name) != recorded:
            raise ContractChanged(name, made_with.code)
