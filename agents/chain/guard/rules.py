"""What the guard lets through: one frozen value, read by all its parts."""

from dataclasses import dataclass, field

READS = frozenset(
    {
        "debug_traceTransaction",
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getBlockTransactionCountByHash",
        "eth_getBlockTransactionCountByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getStorageAt",
        "eth_getTransactionByBlockHashAndIndex",
        "eth_getTransactionByBlockNumberAndIndex",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "eth_syncing",
        "net_version",
        "web3_clientVersion",
    }
)
AGENT_METHODS = READS | {"eth_sendRawTransaction"}
OPERATOR_METHODS = AGENT_METHODS | {"eth_accounts", "eth_sendTransaction"}
"""Deployment scripts sign with the node's own accounts. What changes state without a transaction is for nobody:
no journal could repeat it."""

WEIGHTS = {"debug_traceTransaction": 20, "eth_call": 2, "eth_estimateGas": 4, "eth_getLogs": 50}
"""What a call counts as, in calls, against the rate of its key; 1 where it is not named."""

Keys = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The limits of one guard; sizes are in bytes, gas in gas, times in seconds."""

    chain_id: int
    methods: frozenset[str] = AGENT_METHODS
    operator_methods: frozenset[str] = OPERATOR_METHODS
    agent_keys: Keys = field(default=frozenset(), repr=False)
    """Each has a rate of its own; who has none shares that of its address."""
    operator_keys: Keys = field(default=frozenset(), repr=False)
    """These create contracts, use the node's own accounts, and have no rate."""
    anonymous: bool = True
    """Whether who has no key is let in at all."""
    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    """The names under which who has no key may ask: a page whose name was bent to this machine has another."""
    origins: frozenset[str] = frozenset()
    """The web pages that may ask."""
    most_bytes: int = 4 << 20
    most_calls: int = 1000
    most_weight: int = 2000
    """What one request may count as, in calls."""
    most_open: int = 512
    """Requests at the same time, those that wait for the gate among them."""
    patience: float = 20.0
    """How long a request waits for its body, and for the gate: less than clients wait for an answer."""
    rate: float = 10_000.0
    """Calls a second, weighted."""
    burst: int = 40_000
    most_blocks: int = 100
    """The most blocks whose logs are read in one call."""
    least_fee: int = 7
    """In wei for each gas: the base fee never falls below it, so that what offers less waits for ever."""
    most_gas: int = 16_777_216
    """Of a transaction (EIP-7825), a call and an estimate."""
    most_transaction_bytes: int = 128 << 10
    most_pending: int = 4096
    """Transactions of one sender that are not known to be in a block."""
    creation: bool = False
    """Whether others than operators may create contracts."""
