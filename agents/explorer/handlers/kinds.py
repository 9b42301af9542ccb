"""All kinds of events that the market's contracts emit, and those that change no row."""

from agents.chain.abi import Event
from agents.chain.bindings import (
    agent_registry,
    bid_auction,
    credit_token,
    evaluator_pool,
    market_governor,
    market_parameters,
    timelock_controller,
    usage_meter,
    voting_credits,
)
from agents.chain.deployment import BINDINGS

KINDS: tuple[type[Event], ...] = tuple(kind for module in BINDINGS for kind in module.EVENTS.values())

SILENT: frozenset[type[Event]] = frozenset(
    {
        # Rights to act for another: no page shows them but that of the event.
        agent_registry.Approval,
        agent_registry.ApprovalForAll,
        credit_token.Approval,
        credit_token.AuthorizationCanceled,
        credit_token.AuthorizationUsed,
        bid_auction.NoncesInvalidated,
        credit_token.RoleAdminChanged,
        market_parameters.RoleAdminChanged,
        timelock_controller.RoleAdminChanged,
        # What other events of the same transaction tell.
        agent_registry.BatchMetadataUpdate,
        agent_registry.MetadataUpdate,
        bid_auction.AuctionFinalized,
        usage_meter.Overdrawn,
        # What did not happen.
        bid_auction.RelaySkipped,
        evaluator_pool.DrawFailed,
        # What deployments and votes on the governor itself change.
        agent_registry.EIP712DomainChanged,
        bid_auction.EIP712DomainChanged,
        credit_token.EIP712DomainChanged,
        market_governor.EIP712DomainChanged,
        usage_meter.EIP712DomainChanged,
        voting_credits.EIP712DomainChanged,
        market_governor.TimelockChange,
        timelock_controller.MinDelayChange,
    }
)
"""They are kept in the table of events, with their links, and nowhere else."""
