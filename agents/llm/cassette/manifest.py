"""What a recording was made with: the code, the contracts, the configuration, the seed and the models."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from agents.llm.upstreams.http import without_secrets
from agents.settings import Settings

_SECRETS = ("openai_api_key", "password")


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a recorded run depends on beside its calls; each value is one that JSON can hold."""

    code: str = ""
    """The revision of the program, as ``code_revision`` tells it."""
    contracts: Mapping[str, str] = field(default_factory=dict)
    """The hash of each contract's bytecode."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    models: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """As ``of_json`` reads it."""
        return {**asdict(self), "models": list(self.models)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """The manifest that ``to_json`` told."""
        return cls(**{**kept, "models": tuple(kept["models"])})

    def differences(self, other: "Manifest") -> Mapping[str, tuple[Any, Any]]:
        """The fields that are not the same in both, with both values."""
        mine, others = self.to_json(), other.to_json()
        return {name: (mine[name], others[name]) for name in mine if mine[name] != others[name]}


def code_revision() -> str:
    """The commit of a checkout, with ``+changes`` if it was edited since; else the package's version."""
    here = Path(__file__).resolve().parents[3]
    if not (here / ".git").exists():
        return f"agora-market {version('agora-market')}"
    commit = _git(here, "rev-parse", "HEAD")
    changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+changes" if changed else commit


def configuration_of(settings: Settings) -> dict[str, Any]:
    """The settings without keys and passwords, and of each address only what holds no secret."""
    shown = settings.model_dump(mode="json", exclude=set(_SECRETS))
    return {
        name: without_secrets(value) if isinstance(value, str) and "://" in value else value
        for name, value in shown.items()
    }


def _git(folder: Path, *words: str) -> str:
    command = ("git", "-C", str(folder), *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no word is from outside
    return done.stdout.strip() if done.returncode == 0 else "unknown"
