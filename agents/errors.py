"""Every error that Agora raises on purpose.

AgoraError
├── UserError               a person can mend it: one sentence, exit code 2
│   ├── InvalidAmount
│   ├── ProviderUnreachable
│   ├── WrongChain
│   ├── AddressesMissing · AddressesStale
│   ├── WalletsInUse · WrongPassword · BadSeedPhrase
│   ├── UnknownProfile · UnknownSetting · SettingOutOfRange · LearningStateUnreadable
│   ├── StateFileRefused · TaskLearnedAlready · HistoryEmpty · UnknownPolicy


│   ├── AuctionsMalformed · LibraryMissing · TableMissing
=======
│   ├── CheckpointUnreadable · AuctionsMalformed · LibraryMissing · TableMissing
│   ├── TasksMissing · MalformedTasks · UnsupportedTasks
│   ├── BadSetting · BadApiKey · ModelMissing · ModelUnfit · ModelServerDied
│   ├── InsufficientFunds · WalletTooPoor · NoFaucet
│   └── ToolchainMissing
├── RetryableError          the same call may go through later
│   ├── TransportError
│   └── ModelUnavailable
├── ModelError              the model answered, but not usably: the agent skips the task
│   ├── AnswerTruncated
│   ├── AnswerInvalid
│   └── PromptRefused
├── RpcError                the node said no
├── ContentError            a document is missing or is not what its digest says
│   ├── ContentMissing · ContentUnavailable
│   ├── DigestMismatch
│   └── ContentMalformed · ContentTooLarge
└── ContractError           a custom error of a contract, one subclass each (agents.chain.bindings)
"""

from pathlib import Path
from typing import ClassVar


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
            f"{path} has no contracts for chain {chain_id}: deploy them with "
            "`npx hardhat run scripts/deploy-all.js --network localhost`"
        )


class AddressesStale(UserError):
    """An address in the deployment file holds no code, or the file cannot be read."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} is stale or damaged ({detail}): deploy again with "
            "`npx hardhat run scripts/deploy-all.js --network localhost`"
        )


class WalletsInUse(UserError):
    """Another process writes with the same wallets."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"another fleet is running on the wallets of {path}: stop it first, or set AGORA_HOME to another folder"
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


class UnknownProfile(UserError):
    """No learning profile has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no profile {name!r}: choose one of {', '.join(known)}")


class UnknownPolicy(UserError):
    """No bidding policy has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no policy {name!r}: choose one of {', '.join(known)}")


class UnknownSetting(UserError):
    """A profile was given a parameter it does not have."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"a profile has no setting {name!r}: it has {', '.join(known)}")


class SettingOutOfRange(UserError):
    """A value lies outside what its setting allows."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name} is {value!r}, but must be {allowed}")


class LearningStateUnreadable(UserError):
    """What an agent wrote down of its past outcomes cannot be read back."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the learning state cannot be read ({detail}): remove it to let the agent learn afresh"
        )


class StateFileRefused(UserError):
    """A file of an agent's learned state is missing, damaged, another's, or of another version or shape.

    ``field`` is what in the file is wrong; ``older`` is the earlier state that can be loaded, or None.
    """

    def __init__(self, path: Path, field: str, problem: str, older: Path | None = None) -> None:
        mend = (
            f"the state before it is whole: load it with previous=True ({older})"
            if older
            else "remove it to let the agent learn afresh"
        )
        super().__init__(f"{path}: {field} {problem}; {mend}")
        self.path, self.field, self.older = path, field, older


class TaskLearnedAlready(UserError):
    """A result of this task was learned from before; it must not count twice."""

    def __init__(self, task_id: str) -> None:
        super().__init__(f"task_id {task_id!r} was learned from before: give each result once")


class HistoryEmpty(UserError):
    """A figure was asked for that only results can give, and there are none."""

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no {what} before the first result: call process_task_result first")


class CheckpointUnreadable(UserError):
    """The weights of the bidders' prior cannot be used."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} holds no weights of the prior ({detail}): make them again with `make train`"
        )


class AuctionsMalformed(UserError):
    """Tensors that are no auctions."""

    def __init__(self, name: str, found: str, allowed: str) -> None:
        super().__init__(f"{name} is {found}, but must be {allowed}")


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


class TasksMissing(UserError):
    """A tasks file is not there, cannot be opened or holds no task."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"no tasks can be read from {path} ({detail}): name a JSONL file with one task a line"
        )


class MalformedTasks(UserError):
    """A line of a tasks file cannot be read."""

    def __init__(self, path: Path, line: int, detail: str) -> None:
        super().__init__(f"{path}, line {line}: {detail}")


class UnsupportedTasks(UserError):
    """A tasks file of a kind that this version cannot check."""


class BadApiKey(UserError):
    """The model endpoint refuses the key."""

    def __init__(self, base_url: str) -> None:
        super().__init__(
            f"the model endpoint {base_url} refuses the API key: set OPENAI_API_KEY in .env, or unset OPENAI_API_KEY, "
            "OPENAI_BASE_URL and AGORA_MODEL to use the embedded model"
        )


class BadSetting(UserError):
    """An environment variable, or a line of .env, cannot be used; the value may be secret and is left out."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")


class ModelMissing(UserError):
    """The weights or the named model cannot be found."""


class ModelUnfit(UserError):
    """The model endpoint answers, but does not do what Agora needs of it."""


class ModelServerDied(UserError):
    """The embedded model's process ended by itself."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the embedded model's server died ({detail}): what is on chain is safe, start the same command again to "
            "go on; with little memory, choose a smaller model in AGORA_GGUF"
        )


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


class RetryableError(AgoraError):
    """Nothing was decided; the same call may succeed later."""


class TransportError(RetryableError):
    """The node could not be reached, or its answer could not be read."""


class ModelUnavailable(RetryableError):
    """The model endpoint is busy, limited or out of reach."""


class ModelError(AgoraError):
    """The model answered, but its answer cannot be used.

    ``usage`` is what the failed tries burned, as (prompt tokens, completion tokens): they are charged too.
    """

    def __init__(self, message: str, usage: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.usage = usage


class AnswerTruncated(ModelError):
    """The answer was cut off by the token limit, which is never an answer."""


class AnswerInvalid(ModelError):
    """The answer does not fit its schema, and one try to repair it failed."""


class PromptRefused(ModelError):
    """The endpoint refuses the request itself, for instance one too long for the model's context."""


class RpcError(AgoraError):
    """The node refused a request.

    ``data`` is the revert data of a failed call, or None.
    """

    def __init__(self, code: int, message: str, data: bytes | None = None) -> None:
        super().__init__(f"{message} (code {code})")
        self.code, self.message, self.data = code, message, data


class ContentError(AgoraError):
    """A document of the content store cannot be used."""


class ContentMissing(ContentError):
    """The store holds no document with this digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"the content store holds nothing with digest {digest}")


class ContentUnavailable(ContentError):
    """The store itself cannot be read or written."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"the content store cannot be used ({detail}): check AGORA_CONTENT, the disk and its rights"
        )


class ContentMalformed(ContentError):
    """A document is not in the form that its reader needs."""

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(f"{what} is malformed: {detail}")


class ContentTooLarge(ContentError):
    """A document is over the store's limit; sizes in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"a document of the content store may have at most {limit:,} bytes, and this one has more"
        )


class DigestMismatch(ContentError):
    """A document's bytes do not have the digest they are stored under."""

    def __init__(self, digest: str, found: str) -> None:
        super().__init__(f"the document stored as {digest} has digest {found}: it was altered or cut off")


class ContractError(AgoraError):
    """A contract refused a call with a custom error; subclasses carry its arguments."""

    SELECTOR: ClassVar[bytes] = b""
