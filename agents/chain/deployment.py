"""Where the contracts are: reads what ``scripts/deploy-all.js`` wrote, and checks it against the chain."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from eth_utils.address import is_address
from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, ValidationError

from agents.chain.abi import Decoders
from agents.chain.bindings import (
    action_logger,
    agent_registry,
    bid_auction,
    credit_token,
    evaluator_pool,
    incentive_engine,
    ledger,
    market_governor,
    market_parameters,
    message_hub,
    race_board,
    task_manager,
    task_marketplace,
    timelock_controller,
    usage_meter,
    voting_credits,
)
from agents.chain.rpc import Rpc
from agents.chain.words import checksummed
from agents.errors import AddressesMissing, AddressesStale, WrongChain


class _Record(BaseModel):
    """One chain's entry of the file."""

    model_config = ConfigDict(extra="ignore")

    genesis_hash: str = Field(alias="genesisHash", pattern="^0x[0-9a-f]{64}$")
    deploy_block: int = Field(alias="deployBlock", ge=0)
    contracts: dict[str, str]


_ChainId = Annotated[str, StringConstraints(pattern="^[0-9]{1,20}$")]
_File = RootModel[dict[_ChainId, _Record]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The market's contracts on one chain."""

    chain_id: int
    genesis_hash: str
    deploy_block: int
    token: credit_token.CreditToken
    ledger: ledger.Ledger
    registry: agent_registry.AgentRegistry
    tasks: task_manager.TaskManager
    auction: bid_auction.BidAuction
    incentives: incentive_engine.IncentiveEngine
    messages: message_hub.MessageHub
    pool: evaluator_pool.EvaluatorPool
    meter: usage_meter.UsageMeter
    race: race_board.RaceBoard
    parameters: market_parameters.MarketParameters
    marketplace: task_marketplace.TaskMarketplace
    actions: action_logger.ActionLogger
    votes: voting_credits.VotingCredits
    timelock: timelock_controller.TimelockController
    governor: market_governor.MarketGovernor

    @classmethod
    async def load(cls, path: Path, rpc: Rpc) -> Self:
        """The contracts of the chain that ``rpc`` is on.

        Raises AddressesMissing, AddressesStale when the file is damaged or an address holds no code, and
        WrongChain when the chain began with another block.
        """
        deployment = cls.read(path, int(await rpc.call("eth_chainId"), 16))
        await deployment.check(path, rpc)
        return deployment

    @classmethod
    def read(cls, path: Path, chain_id: int) -> Self:
        """The contracts of the chain as the file has them; the chain is not asked.

        Raises AddressesMissing, and AddressesStale when the file is damaged.
        """
        record = _read(path).get(str(chain_id))
        if record is None:
            raise AddressesMissing(path, chain_id)

        def address(name: str) -> str:
            found = record.contracts.get(name, "nothing")
            if not is_address(found):
                raise AddressesStale(path, f"{name} is {found}")
            return checksummed(found)

        return cls(
            chain_id=chain_id,
            genesis_hash=record.genesis_hash,
            deploy_block=record.deploy_block,
            **{name: kind(address(kind.__name__)) for name, kind in _KINDS.items()},
        )

    async def check(self, path: Path, rpc: Rpc) -> None:
        """``rpc`` is on the chain of this deployment, which ``path`` tells of.

        Raises WrongChain when the chain began with another block, AddressesStale when an address holds no code.
        """
        genesis = (await rpc.call("eth_getBlockByNumber", "0x0", False))["hash"]
        if genesis != self.genesis_hash:
            raise WrongChain(self.chain_id, self.genesis_hash, genesis)
        addresses = list(self.decoders)
        codes = await rpc.batch([("eth_getCode", (one, "latest")) for one in addresses])
        for address, code in zip(addresses, codes, strict=True):
            if code == "0x":
                raise AddressesStale(path, f"there is no contract at {address}")

    @property
    def contracts(self) -> tuple[Any, ...]:
        """All of them, each of its own type; all have an ``address``."""
        return tuple(getattr(self, name) for name in _KINDS)

    @property
    def names(self) -> dict[str, str]:
        """The name of each contract by its address."""
        return {contract.address: type(contract).__name__ for contract in self.contracts}

    @property
    def decoders(self) -> dict[str, Decoders]:
        """The events of each contract by its address."""
        return {one.address: sys.modules[type(one).__module__].EVENTS for one in self.contracts}

    @property
    def key(self) -> str:
        """A short name for this deployment on this chain, fit for a file: no other deployment shares it."""
        return f"{self.chain_id}-{self.genesis_hash[2:10]}-{self.ledger.address[2:10].lower()}"


_KINDS: dict[str, type[Any]] = {
    name: kind for name, kind in Deployment.__annotations__.items() if kind not in (int, str)
}
BINDINGS = tuple(sys.modules[kind.__module__] for kind in _KINDS.values())
"""The modules of the contracts' bindings."""


def chains_of(path: Path) -> list[int]:
    """The chains that the file has contracts of; none where there is no file. Raises AddressesStale."""
    return [int(chain_id) for chain_id in _read(path)]


def _read(path: Path) -> dict[str, _Record]:
    """The file's entries by chain id."""
    try:
        return _File.model_validate_json(path.read_bytes()).root
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise AddressesStale(path, f"it cannot be read: {type(error).__name__}") from error
