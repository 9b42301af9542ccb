"""The market's law in plain Python: no chain, no bindings, nothing of how the contracts keep it.

A ``Market`` holds accounts, agents, tasks and reputations. Each of its operations tells what happened, as a list of
events under the contracts' names, or raises a ``Refused`` with the name and arguments of the contracts' error; then
nothing has changed. The contracts are held against it in ``test_law``; its own tests are in ``test_model``.
"""

from .bids import Relayed, SignedBid, SignedCommitment
from .channels import Voucher
from .law import Event, File, Mode, Params, Refused, Round, Stage, State, Terms, account_of, account_of_agent
from .market import Market

__all__ = [
    "Event",
    "File",
    "Market",
    "Mode",
    "Params",
    "Refused",
    "Relayed",
    "Round",
    "SignedBid",
    "SignedCommitment",
    "Stage",
    "State",
    "Terms",
    "Voucher",
    "account_of",
    "account_of_agent",
]
