"""Errors of journals, and of the nodes that live by them."""

from pathlib import Path

from agents.errors.base import UserError


class JournalMissing(UserError):
    """There is no journal at the path."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not there: `agora node start --journal {path}` begins one")


class NotAJournal(UserError):
    """The file is something else, or a journal of another version."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(f"{path} is not a journal of this version ({found}): name another file")


class JournalInUse(UserError):
    """Another process writes the journal."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another node runs on {path}: stop it first, or name another journal")


class JournalUnwritable(UserError):
    """The disk refused a block; the chain stands before it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be written ({reason}): make room or mend its rights, and start again"
        )


class JournalDamaged(UserError):
    """The journal was altered or cut off; ``good`` is the last block up to which it is whole, or None."""

    def __init__(self, path: Path, what: str, good: int | None) -> None:
        kept = path.with_name(f"{path.stem}-{good}{path.suffix}")
        rescue = (
            "no block of it can be trusted: begin another journal"
            if good is None
            else f"blocks 0 to {good} are whole, and `agora branch {path} --at {good} --out {kept}` keeps them"
        )
        super().__init__(f"{path} is damaged ({what}): {rescue}")
        self.good = good


class JournalOfAnotherChain(UserError):
    """The node begins another chain than the journal's."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(
            f"{path} is of a chain that began with block {expected[:10]}…, but this node begins with {found[:10]}…: "
            "use the version of Agora and Hardhat that it was made with"
        )


class ReplayMismatch(UserError):
    """A block came out otherwise than the journal has it; ``transaction`` is its hash, where one is at fault."""

    def __init__(self, path: Path, block: int, transaction: str | None, what: str) -> None:
        where = f"transaction {transaction} of block {block}" if transaction else f"block {block}"
        super().__init__(
            f"{path} cannot be replayed beyond block {block - 1}: {where} {what}; use the version of Agora and "
            f"Hardhat that it was made with"
        )
        self.block, self.transaction = block, transaction


class BlockNotInJournal(UserError):
    """A block was asked for that the journal does not have."""

    def __init__(self, path: Path, block: int, last: int) -> None:
        super().__init__(f"{path} has no block {block}: give one from 0 to {last}")


class NoMarketInJournal(UserError):
    """The journal's chain has no market, or had none yet at the block."""

    def __init__(self, path: Path, block: int) -> None:
        super().__init__(
            f"no market was deployed on the chain of {path} by block {block}: give a later block"
        )


class FileExists(UserError):
    """A file that would be written is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: name another file")


class PortInUse(UserError):
    """Another program listens where the node would."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} of {host} is in use: stop what listens there, or give another --port")
        self.host, self.port = host, port


class NodeLost(UserError):
    """The node ended again and again, or cannot be brought back to where it was."""

    def __init__(self, times: int, reason: str) -> None:
        super().__init__(f"the node ended {times} times in a row ({reason}): see its log")
