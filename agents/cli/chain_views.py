"""A chain as its node tells it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from agents.chain.devnet import CHAIN_ID
from agents.chain.reader import read
from agents.chain.rpc import number
from agents.cli.common import deployed
from agents.cli.home import noted
from agents.cli.show import line, moment
from agents.settings import Settings


@dataclass(frozen=True, slots=True)
class Status:
    """The chain as its node tells it; times in unix seconds, fees in wei."""

    provider: str
    client: str
    chain_id: int
    dev: bool
    genesis_hash: str
    block: int
    block_hash: str
    time: int
    age: int
    """Seconds since the newest block, by this machine's clock; a dev chain's clock may be another."""
    base_fee: int
    deploy_block: int
    tasks: int
    agents: int
    explorer: str | None
    contracts: dict[str, str]


async def look(settings: Settings) -> Status:
    """What the node says now. Raises what ``deployed`` raises."""
    async with deployed(settings) as (rpc, deployment):
        head = await rpc.call("eth_getBlockByNumber", "latest", False)
        market = noted(settings.home)
        return Status(
            provider=settings.provider,
            client=str(await rpc.call("web3_clientVersion")),
            chain_id=deployment.chain_id,
            dev=deployment.chain_id == CHAIN_ID,
            genesis_hash=deployment.genesis_hash,
            block=number(head["number"]),
            block_hash=head["hash"],
            time=number(head["timestamp"]),
            age=int(time.time()) - number(head["timestamp"]),
            base_fee=number(head["baseFeePerGas"]),
            deploy_block=deployment.deploy_block,
            tasks=await read(rpc, deployment.tasks.task_count()),
            agents=await read(rpc, deployment.registry.agent_count()),
            explorer=market.explorer if market and market.provider == settings.provider else None,
            contracts={name: address for address, name in deployment.names.items()},
        )


def shown(found: Status) -> Iterable[tuple[str, str]]:
    """Its names and values."""
    kind = ", a dev chain: nothing on it is worth anything" if found.dev else ""
    yield "node", found.provider
    yield "client", line(found.client).plain
    yield "chain", f"{found.chain_id}{kind}"
    yield "block", f"{found.block} at {moment(found.time)}, {found.age} s ago"
    yield "base fee", f"{found.base_fee} wei"
    yield "market", f"{found.tasks} tasks, {found.agents} agents, since block {found.deploy_block}"
    if found.explorer:
        yield "explorer", found.explorer
    yield from found.contracts.items()
