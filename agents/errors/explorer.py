"""Errors of the explorer's index."""

from agents.errors.base import AgoraError, RetryableError, UserError


class DatabaseDown(RetryableError):
    """The database of the index cannot be reached, or refuses to work for now."""

    def __init__(self, url: str, reason: str) -> None:
        """``url`` is without its password."""
        super().__init__(f"the index in {url} cannot be used for now ({reason}): trying again")
        self.url, self.reason = url, reason


class DatabaseUnfit(UserError):
    """An address of a database that is of no kind that can hold the index."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the index cannot be kept there ({problem}): name sqlite:///FILE or postgresql://USER@HOST/NAME"
        )


class IndexOfAnotherChain(UserError):
    """The database holds the index of another market."""

    def __init__(self, url: str, found: str, wanted: str) -> None:
        """``found`` and ``wanted`` name deployments."""
        super().__init__(
            f"the index in {url} is of market {found}, but this is market {wanted}: name another database"
        )
        self.found, self.wanted = found, wanted


class IndexTooNew(UserError):
    """A later version of Agora made the tables."""

    def __init__(self, url: str, revision: str) -> None:
        super().__init__(
            f"the index in {url} was made by a later version (its tables are at {revision!r}): "
            "install that version, or name another database"
        )
        self.revision = revision


class IndexMissing(UserError):
    """There is no index of this version in the database, and nobody writes one here."""

    def __init__(self, url: str) -> None:
        super().__init__(f"there is no index of this version in {url}: `agora explorer` makes one")


class IndexInUse(UserError):
    """Another process writes the index."""

    def __init__(self, url: str, holder: str) -> None:
        """``holder`` is what is known of the other process."""
        super().__init__(
            f"the index in {url} is written by {holder}: only one can, but any number can read it"
        )
        self.holder = holder


class ExplorerLost(AgoraError):
    """The explorer's process has ended, or did not begin."""

    def __init__(self, said: str, *, began: bool) -> None:
        """``said`` is the end of what it wrote to standard error."""
        super().__init__(
            f"the explorer {'has ended' if began else 'does not begin'}: {said or 'it says nothing'}"
        )
