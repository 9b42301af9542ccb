"""Every error that Agora raises on purpose.

AgoraError
├── UserError               a person can mend it: one sentence, exit code 2
│   ├── InvalidAmount
│   ├── ProviderUnreachable
│   ├── WrongChain
│   ├── AddressesMissing · AddressesStale
│   ├── WalletsInUse · WalletHeld · WrongPassword · BadSeedPhrase · BadKeyFile
│   ├── UnknownProfile · UnknownSetting · SettingOutOfRange · LearningStateUnreadable
│   ├── StateFileRefused · TaskLearnedAlready · HistoryEmpty · UnknownPolicy
│   ├── CheckpointUnreadable · AuctionsMalformed · LibraryMissing · TableMissing
│   ├── TasksMissing · MalformedTasks · MalformedTask · UnsupportedTasks
│   ├── HistoryUnreadable · FleetLaidOut · RayUnreachable · ShardFailed
│   ├── BadSetting · BadApiKey · ModelMissing · ModelUnfit · ModelServerDied
│   ├── GatewayUnreachable · GatewayUnfit · GatewayTooDear
│   ├── InsufficientFunds · WalletTooPoor · NoFaucet
│   ├── JournalMissing · NotAJournal · JournalInUse · JournalUnwritable · JournalDamaged
│   ├── JournalOfAnotherChain · ReplayMismatch · BlockNotInJournal · NoMarketInJournal
│   ├── CassetteUnreadable · CassetteUnwritable · CassetteInUse · CassetteOfAnotherRun
│   ├── UpstreamsMalformed
│   ├── FileExists · PortInUse · NodeLost
│   ├── NotARecording · ContractChanged · RunDiverged
│   ├── DatabaseUnfit · IndexMissing · IndexInUse · IndexOfAnotherChain · IndexTooNew
│   ├── FilterRefused · NotInIndex
│   ├── PricesMalformed · BooksBehind · BooksDamaged · UnknownCall
│   ├── NoSuchThing · NotForThisWallet · NothingToScore · NeedsAnswer · OwnsAnAgent · PartMisused
│   ├── SecretUnknown · StepNotDue
│   ├── FileUnwritable
│   └── ToolchainMissing
├── CapReached              a run has ended at a cap that it was given: exit code 3
├── CallFailed              a call that no model answered, as HTTP tells it
│   ├── RequestRefused      the gateway refuses it before anything is spent
│   └── CassetteMiss        a replay asks what was not recorded; a UserError too
├── PartFailed              a part of a running market has failed
├── ExplorerLost            the explorer's process is gone
├── ShardLost · WorkerLost  a process of a fleet in shards is gone
├── PaymentRequired         a call of a model is not covered: HTTP 402
├── BudgetSpent             it would go beyond a budget
├── VoucherRefused          a voucher is not the one that is due
├── RetryableError          the same call may go through later
│   ├── TransportError · UpstreamAbsent · UpstreamLost · DatabaseDown
│   └── ModelUnavailable
│       └── ThinkingUnpaid
├── ModelError              the model answered, but not usably: the agent skips the task
│   ├── AnswerTruncated
│   ├── AnswerInvalid
│   └── PromptRefused
├── RpcError                the node said no
│   └── Refused             the guard before it did
├── ContentError            a document is missing or is not what its digest says
│   ├── ContentMissing · ContentUnavailable
│   ├── DigestMismatch
│   └── ContentMalformed · ContentTooLarge
└── ContractError           a custom error of a contract, one subclass each (agents.chain.bindings)
"""

from agents.errors.base import (
    AgoraError,
    BadSetting,
    InvalidAmount,
    LibraryMissing,
    RetryableError,
    SettingOutOfRange,
    TableMissing,
    UnknownSetting,
    UserError,
)
from agents.errors.calls import (
    CallFailed,
    CassetteInUse,
    CassetteMiss,
    CassetteOfAnotherRun,
    CassetteUnreadable,
    CassetteUnwritable,
    UpstreamsMalformed,
)
from agents.errors.chain import (
    AddressesMissing,
    AddressesStale,
    BadKeyFile,
    BadSeedPhrase,
    ContractError,
    InsufficientFunds,
    NodeBehind,
    NoFaucet,
    ProviderUnreachable,
    Refused,
    RpcError,
    ToolchainMissing,
    TransportError,
    UpstreamAbsent,
    UpstreamLost,
    WalletHeld,
    WalletsInUse,
    WalletTooPoor,
    WrongChain,
    WrongPassword,
)
from agents.errors.commands import (
    FileUnwritable,
    NeedsAnswer,
    NoSuchThing,
    NotForThisWallet,
    NothingToScore,
    OwnsAnAgent,
    PartFailed,
    PartMisused,
    SecretUnknown,
    StepNotDue,
)
from agents.errors.content import (
    ContentError,
    ContentMalformed,
    ContentMissing,
    ContentTooLarge,
    ContentUnavailable,
    DigestMismatch,
    MalformedTask,
    MalformedTasks,
    TasksMissing,
    UnsupportedTasks,
)
from agents.errors.explorer import (
    DatabaseDown,
    DatabaseUnfit,
    ExplorerLost,
    IndexInUse,
    IndexMissing,
    IndexOfAnotherChain,
    IndexTooNew,
)
from agents.errors.fleet import (
    CapReached,
    FleetLaidOut,
    HistoryUnreadable,
    RayUnreachable,
    ShardFailed,
    ShardLost,
    WorkerLost,
)
from agents.errors.gateway import (
    BooksBehind,
    BooksDamaged,
    BudgetSpent,
    PaymentRequired,
    PricesMalformed,
    UnknownCall,
    VoucherRefused,
)
from agents.errors.journal import (
    BlockNotInJournal,
    FileExists,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalOfAnotherChain,
    JournalUnwritable,
    NodeLost,
    NoMarketInJournal,
    NotAJournal,
    PortInUse,
    ReplayMismatch,
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
    GatewayTooDear,
    GatewayUnfit,
    GatewayUnreachable,
    ModelError,
    ModelMissing,
    ModelServerDied,
    ModelUnavailable,
    ModelUnfit,
    PromptRefused,
    ThinkingUnpaid,
)
from agents.errors.queries import FilterRefused, NotInIndex
from agents.errors.recording import ContractChanged, NotARecording, RunDiverged
from agents.errors.requests import RequestRefused

__all__ = [
    "AddressesMissing",
    "AddressesStale",
    "AgoraError",
    "AnswerInvalid",
    "AnswerTruncated",
    "AuctionsMalformed",
    "BadApiKey",
    "BadKeyFile",
    "BadSeedPhrase",
    "BadSetting",
    "BlockNotInJournal",
    "BooksBehind",
    "BooksDamaged",
    "BudgetSpent",
    "CallFailed",
    "CapReached",
    "CassetteInUse",
    "CassetteMiss",
    "CassetteOfAnotherRun",
    "CassetteUnreadable",
    "CassetteUnwritable",
    "CheckpointUnreadable",
    "ContentError",
    "ContentMalformed",
    "ContentMissing",
    "ContentTooLarge",
    "ContentUnavailable",
    "ContractChanged",
    "ContractError",
    "DatabaseDown",
    "DatabaseUnfit",
    "DigestMismatch",
    "ExplorerLost",
    "FileExists",
    "FileUnwritable",
    "FilterRefused",
    "FleetLaidOut",
    "GatewayTooDear",
    "GatewayUnfit",
    "GatewayUnreachable",
    "HistoryEmpty",
    "HistoryUnreadable",
    "IndexInUse",
    "IndexMissing",
    "IndexOfAnotherChain",
    "IndexTooNew",
    "InsufficientFunds",
    "InvalidAmount",
    "JournalDamaged",
    "JournalInUse",
    "JournalMissing",
    "JournalOfAnotherChain",
    "JournalUnwritable",
    "LearningStateUnreadable",
    "LibraryMissing",
    "MalformedTask",
    "MalformedTasks",
    "ModelError",
    "ModelMissing",
    "ModelServerDied",
    "ModelUnavailable",
    "ModelUnfit",
    "NeedsAnswer",
    "NoFaucet",
    "NoMarketInJournal",
    "NoSuchThing",
    "NodeBehind",
    "NodeLost",
    "NotAJournal",
    "NotARecording",
    "NotForThisWallet",
    "NotInIndex",
    "NothingToScore",
    "OwnsAnAgent",
    "PartFailed",
    "PartMisused",
    "PaymentRequired",
    "PortInUse",
    "PricesMalformed",
    "PromptRefused",
    "ProviderUnreachable",
    "RayUnreachable",
    "Refused",
    "ReplayMismatch",
    "RequestRefused",
    "RetryableError",
    "RpcError",
    "RunDiverged",
    "SecretUnknown",
    "SettingOutOfRange",
    "ShardFailed",
    "ShardLost",
    "StateFileRefused",
    "StepNotDue",
    "TableMissing",
    "TaskLearnedAlready",
    "TasksMissing",
    "ThinkingUnpaid",
    "ToolchainMissing",
    "TransportError",
    "UnknownCall",
    "UnknownPolicy",
    "UnknownProfile",
    "UnknownSetting",
    "UnsupportedTasks",
    "UpstreamAbsent",
    "UpstreamLost",
    "UpstreamsMalformed",
    "UserError",
    "VoucherRefused",
    "WalletHeld",
    "WalletTooPoor",
    "WalletsInUse",
    "WorkerLost",
    "WrongChain",
    "WrongPassword",
]
