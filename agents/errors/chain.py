"""Errors of nodes, wallets, contracts and the tools that run them."""

from pathlib import Path
from typing import ClassVar

from agents.errors.base import AgoraError, RetryableError, UserError


class ProviderUnreachable(UserError):
    """No JSON-RPC node answers at the provider's URL."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"no node answers at {url} ({reason}): start one with `npx hardhat node`, or mend --provider"
        )


class WrongChain(UserError):
    """The chain's genesis block is not the one the contracts were deployed on."""

    def __init__(self, chain_id: int, expected: str, found: str) -> None:
        super().__init__(
            f"chain {chain_id} began with block {found[:10]}…, but the contracts were deployed on one that began "
            f"with {expected[:10]}…: the node was restarted, so deploy again with "
            "`npx hardhat run scripts/deploy-all.js --network localhost`"
        )


class AddressesMissing(UserError):
    """No deployment is known for the chain."""

    def __init__(self, path: Path, chain_id: int) -> None:
        super().__init__(
            f"{path} has no contracts for chain {chain_id}: `agora node start` deploys them on a chain of its own, "
            "`npx hardhat run scripts/deploy-all.js --network localhost` on a node that runs already"
        )


class AddressesStale(UserError):
    """An address in the deployment file holds no code, or the file cannot be read."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} is stale or damaged ({detail}): deploy again with "
            "`npx hardhat run scripts/deploy-all.js --network localhost`"
        )


class WalletsInUse(UserError):
    """Another process, or another store of this one, writes with the same wallets."""

    def __init__(self, wallets: Path | str) -> None:
        """``wallets`` is the folder of the store, or the address of one wallet."""
        where = f"the wallets of {wallets}" if isinstance(wallets, Path) else f"wallet {wallets}"
        other = "set AGORA_HOME to another folder" if isinstance(wallets, Path) else "use another seed"
        super().__init__(f"another fleet is running on {where}: stop it first, or {other}")


class WalletHeld(UserError):
    """A command cannot sign with a wallet, as another process does."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"wallet {address} is held by a fleet or a command that runs: wait for it, stop it, or choose another "
            "wallet with --wallet"
        )


class BadKeyFile(UserError):
    """A key file does not hold a private key; what it holds is left out."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not hold a private key: write its 64 hex digits, and nothing else, in a file"
        )


class WrongPassword(UserError):
    """The seed file cannot be decrypted."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not open with this password: set AGORA_PASSWORD to the one it was made with"
        )


class BadSeedPhrase(UserError):
    """A seed phrase file does not hold a valid BIP-39 phrase."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not hold a valid BIP-39 phrase of 12 to 24 words on one line")


class InsufficientFunds(UserError):
    """An account cannot pay for what it is asked to do."""

    def __init__(self, who: str, has: str, needs: str, what: str) -> None:
        super().__init__(
            f"{who} has {has} credits but needs {needs} {what}: deposit more into its Ledger account"
        )


class WalletTooPoor(UserError):
    """A wallet cannot pay the gas of all it has sent and is about to send."""

    def __init__(self, address: str, has: int, needs: int) -> None:
        super().__init__(f"wallet {address} holds {has} wei but its gas may cost {needs} wei: send it ETH")


class NoFaucet(UserError):
    """A chain on which nobody gives ETH and credits away."""

    def __init__(self, chain_id: int, addresses: list[str]) -> None:
        super().__init__(
            f"chain {chain_id} is no dev chain, so nobody funds its wallets but you: "
            f"send ETH to {', '.join(addresses)}"
        )


class ToolchainMissing(UserError):
    """Node, Hardhat or a compiled contract is not there."""


class TransportError(RetryableError):
    """The node could not be reached, or its answer could not be read."""


class NodeBehind(TransportError):
    """The node lacks blocks that it, or another in its place, has told of before."""

    def __init__(self, known: int, head: int) -> None:
        """``known`` is the newest block in the store, ``head`` the node's newest."""
        super().__init__(
            f"the node is at block {head}, behind block {known} of the store: it lags, or was reset; waiting for it"
        )
        self.known, self.head = known, head


class RpcError(AgoraError):
    """The node refused a request.

    ``data`` is the revert data of a failed call, or None.
    """

    def __init__(self, code: int, message: str, data: bytes | None = None) -> None:
        super().__init__(f"{message} (code {code})")
        self.code, self.message, self.data = code, message, data


class Refused(RpcError):
    """The guard refused a request; nothing of what it refuses has reached the node.

    ``status`` is the HTTP status with which the whole request is refused, or 200 when only one call is.
    """

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(code, message)
        self.status = status


class UpstreamAbsent(RetryableError):
    """The guard could not hand a request to the node: the node has seen nothing of it."""


class UpstreamLost(RetryableError):
    """The node may have seen the guard's request, but its answer is lost."""


class ContractError(AgoraError):
    """A contract refused a call with a custom error; subclasses carry its arguments."""

    SELECTOR: ClassVar[bytes] = b""
