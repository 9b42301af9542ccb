"""A meter with channels of which no chain knows: what a gateway keeps, without a node beside it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agents.chain.bindings import usage_meter
from agents.chain.devnet import CHAIN_ID
from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.vouchers import Domain
from agents.llm.prices import PriceTable
from agents.llm.protocol import Usage
from agents.market.view import MarketView
from agents.money import CREDIT
from bench.gateway.stub import COMPLETION_TOKENS, MODEL, PROMPT_TOKENS

DEPOSIT = 1_000 * CREDIT
CONTRACT = "0x" + "5b" * 20
USAGE = Usage(PROMPT_TOKENS, COMPLETION_TOKENS)
PRICES = f"models:\n  {MODEL}: {{input: 1000, output: 4000, context: 4096}}\n"
NOW = 1_700_000_000


def wallet(number: int) -> Wallet:
    """The wallet of agent ``number``; anybody can make it."""
    return Wallet(hashlib.sha256(b"bench %d" % number).digest())


def prices(folder: Path) -> PriceTable:
    """The stub has a price and a context."""
    path = folder / "models.yaml"
    path.write_text(PRICES)
    return PriceTable.load(path)


def opened(view: MarketView, signers: Sequence[Wallet], provider: str) -> None:
    """Agent 1, 2, … has a channel with each signer in turn."""
    for agent_id, signer in enumerate(signers, 1):
        channel_id = hashlib.sha256(b"channel %d" % agent_id).digest()
        event = usage_meter.ChannelOpened(channel_id, agent_id, provider, signer.address, 0, 0, DEPOSIT)
        view.channels.apply(event)


@contextmanager
def metered(folder: Path, agents: int) -> Iterator[tuple[Meter, Store]]:
    """A meter at which so many agents are enlisted, their signers at hand, and its store."""
    provider, signers = wallet(0).address, [wallet(number) for number in range(1, agents + 1)]
    view = MarketView()
    opened(view, signers, provider)
    store = Store.open(folder / "gateway.db")
    meter = Meter(store, view, Domain(CHAIN_ID, CONTRACT), provider, prices(folder), lambda: NOW)
    for agent_id, signer in enumerate(signers, 1):
        meter.enlist(agent_id, f"agent {agent_id}", signer)
    try:
        yield meter, store
    finally:
        store.close()


async def think(meter: Meter, agent_id: int) -> None:
    """One call that is admitted and settled, without any model."""
    reservation = meter.admit(agent_id, model=MODEL, worst=CREDIT, task=agent_id, purpose="work")
    digest = hashlib.sha256(json.dumps(agent_id).encode()).digest()
    await meter.settle(reservation, USAGE, request=digest, response=digest, status=200)
