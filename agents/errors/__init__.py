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
│   ├── CheckpointUnreadable · AuctionsMalformed · LibraryMissing · TableMissing
│   ├── TasksMissing · MalformedTasks · UnsupportedTasks
│   ├── HistoryUnreadable
│   ├── BadSetting · BadApiKey · ModelMissing · ModelUnfit · ModelServerDied
│   ├── InsufficientFunds · WalletTooPoor · NoFaucet
│   └── ToolchainMissing
├── CapReached              a run has ended at a cap that it was given: exit code 3
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

from agents.errors.base import (
    AgoraError,
    BadSetting,
    CapReached,
    HistoryUnreadable,
    InvalidAmount,
    LibraryMissing,
    RetryableError,
    SettingOutOfRange,
    TableMissing,
    UnknownSetting,
    UserError,
)
from agents.errors.chain import (
    AddressesMissing,
    AddressesStale,
    BadSeedPhrase,
    ContractError,
    InsufficientFunds,
    NoFaucet,
    ProviderUnreachable,
    RpcError,
    ToolchainMissing,
    TransportError,
    WalletsInUse,
    WalletTooPoor,
    WrongChain,
    WrongPassword,
)
from agents.errors.content import (
    ContentError,
    ContentMalformed,
    ContentMissing,
    ContentTooLarge,
    ContentUnavailable,
    DigestMismatch,
    MalformedTasks,
    TasksMissing,
    UnsupportedTasks,
)
from agents.errors.learning import (
    AuctionsMalformed,
    CheckpointUnreadable,
    HistoryEmpty,
    LearningStateUnreadable,
    StateFileRefused,
    TaskLearnedAlready,
    UnknownPolicy,
    UnknownProfile,
)
from agents.errors.model import (
    AnswerInvalid,
    AnswerTruncated,
    BadApiKey,
    ModelError,
    ModelMissing,
    ModelServerDied,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
)

__all__ = [
    "AddressesMissing",
    "AddressesStale",
    "AgoraError",
    "AnswerInvalid",
    "AnswerTruncated",
    "AuctionsMalformed",
    "BadApiKey",
    "BadSeedPhrase",
    "BadSetting",
    "CapReached",
    "CheckpointUnreadable",
    "ContentError",
    "ContentMalformed",
    "ContentMissing",
    "ContentTooLarge",
    "ContentUnavailable",
    "ContractError",
    "DigestMismatch",
    "HistoryEmpty",
    "HistoryUnreadable",
    "InsufficientFunds",
    "InvalidAmount",
    "LearningStateUnreadable",
    "LibraryMissing",
    "MalformedTasks",
    "ModelError",
    "ModelMissing",
    "ModelServerDied",
    "ModelUnavailable",
    "ModelUnfit",
    "NoFaucet",
    "PromptRefused",
    "ProviderUnreachable",
    "RetryableError",
    "RpcError",
    "SettingOutOfRange",
    "StateFileRefused",
    "TableMissing",
    "TaskLearnedAlready",
    "TasksMissing",
    "ToolchainMissing",
    "TransportError",
    "UnknownPolicy",
    "UnknownProfile",
    "UnknownSetting",
    "UnsupportedTasks",
    "UserError",
    "WalletTooPoor",
    "WalletsInUse",
    "WrongChain",
    "WrongPassword",
]
