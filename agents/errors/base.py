"""What all errors derive from, and those of amounts and settings."""

from pathlib import Path


class AgoraError(Exception):
    """The base of every error below."""


class UserError(AgoraError):
    """A person's mistake or surroundings; its text says what was wrong and what to do."""


class InvalidAmount(UserError):
    """Text that is not an amount of credits."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is not an amount of credits: write digits, with at most 6 after the point"
        )


class UnknownSetting(UserError):
    """A profile was given a parameter it does not have."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"a profile has no setting {name!r}: it has {', '.join(known)}")


class SettingOutOfRange(UserError):
    """A value lies outside what its setting allows."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name} is {value!r}, but must be {allowed}")


class LibraryMissing(UserError):
    """An optional library that was asked for is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed: run `pip install 'agora-market[{extra}]'`")


class TableMissing(UserError):
    """A document that tables are written into has no place for one."""

    def __init__(self, document: Path, table: str) -> None:
        super().__init__(
            f"{document} has no place for {table}: add `<!-- table: {table} -->` and `<!-- end -->`"
        )


class BadSetting(UserError):
    """An environment variable, or a line of .env, cannot be used; the value may be secret and is left out."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")


class RetryableError(AgoraError):
    """Nothing was decided; the same call may succeed later."""
