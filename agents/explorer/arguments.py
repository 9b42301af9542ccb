"""What a command line says of an explorer, as settings."""

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from agents.errors import BadSetting
from agents.settings import Settings


def settings_with(
    provider: str | None, addresses: Path | None, content: str | None, database: str | None
) -> Settings:
    """The settings, with what the command line says instead. Raises BadSetting."""
    named = None if database is None else SecretStr(_url(database))
    said = {"provider": provider, "addresses": addresses, "content": content, "database": named}
    return Settings(**{name: value for name, value in said.items() if value is not None})


def _url(database: str) -> str:
    """The URL of what was named on the command line, which every user of the machine can read."""
    if "://" not in database:
        return f"sqlite:///{Path(database).expanduser().absolute()}"
    try:
        secret = make_url(database).password is not None
    except ArgumentError:
        raise BadSetting("--database", "is no address of a database") from None
    if secret:
        raise BadSetting(
            "--database", "holds a password, which others can see there: set AGORA_DATABASE instead"
        )
    return database
