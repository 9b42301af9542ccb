"""The words by which the index sorts things, for whoever offers or checks them without the index itself."""

from typing import Literal

State = Literal[
    "Open",
    "Awarded",
    "Submitted",
    "Rejected",
    "Disputed",
    "Ruled",
    "Defaulted",
    "Settled",
    "Refunded",
    "Cancelled",
    "Expired",
]
"""Where a task stands."""
Mode = Literal["SealedSecondPrice", "SealedFirstPrice", "OpenBid", "Direct", "Race"]
"""How it is awarded."""
Reason = Literal[
    "deposit",
    "withdrawal",
    "transfer",
    "escrow",
    "bond",
    "reward",
    "fee",
    "refund",
    "compensation",
    "thinking",
    "pledge",
    "stake",
    "postage",
    "panel",
    "debt",
    "burn",
    "mint",
    "vote-lock",
    "other",
]
"""Why credits moved."""
ExportName = Literal[
    "tasks",
    "agents",
    "ledger",
    "accounts",
    "messages",
    "channels",
    "redemptions",
    "actions",
    "blocks",
    "transactions",
    "events",
]
"""The lists that can be had as a whole."""
