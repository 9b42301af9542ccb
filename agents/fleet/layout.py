"""How the fleet in a folder is divided: always in the same way, as its agents' notes lie in its parts' stores."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.errors import FleetLaidOut

WHOLE = "fleet"
"""The office of a fleet in one process."""
FILE = "shards.json"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    size: int = Field(ge=1)


def pin_layout(folder: Path, size: int | None) -> None:
    """The fleet whose stores are in this folder has shards of ``size``, or is in one process if that is None.

    Raises FleetLaidOut when it was laid out otherwise before: its agents would not find their notes.
    """
    known = _known(folder)
    if known == size:
        return
    if known is not None:
        raise FleetLaidOut(folder, f"in shards of {known} agents", f"--ray and --shard-size {known}")
    if (folder / f"{WHOLE}.db").exists():
        raise FleetLaidOut(folder, "in one process", "no --ray")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f"{FILE}.draft"
    draft.write_text(json.dumps({"size": size}), "utf-8")
    draft.replace(folder / FILE)


def _known(folder: Path) -> int | None:
    """The size of the shards; None for a fleet in one process, and for one that is not there yet."""
    try:
        return _Kept.model_validate_json((folder / FILE).read_bytes()).size
    except FileNotFoundError:
        return None
    except ValidationError:
        mend = f"--shard-size as it was, after writing it into {FILE} again"
        raise FleetLaidOut(folder, f"in shards, but {FILE} no longer says of what size", mend) from None
