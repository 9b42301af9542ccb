"""The market that `agora up` runs from a home folder: a note in that folder tells all other commands where it is."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

FILE = "market.json"


class Market(BaseModel):
    """Where the parts of a running market are."""

    model_config = ConfigDict(frozen=True)

    provider: str
    """The node's address."""
    addresses: Path
    """The file with the contracts' addresses."""
    gateway: str
    """The models' address, with its ``/v1``."""
    explorer: str
    """The page."""


def note(home: Path, market: Market) -> None:
    """Commands with this home folder find the market from now on; a crash leaves the old note or the new one."""
    draft = home / f".{FILE}.draft"
    draft.write_text(market.model_dump_json(), "utf-8")
    draft.replace(home / FILE)


def forget(home: Path) -> None:
    """No market of this home folder runs any more."""
    (home / FILE).unlink(missing_ok=True)


def noted(home: Path) -> Market | None:
    """The market of this home folder, as it was when it was last up; None if none was, or it ended as it should."""
    try:
        return Market.model_validate_json((home / FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
