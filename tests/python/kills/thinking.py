"""A gateway whose agents think without a model, and that dies in the midst of it.

Its job has thinkers: by agent id the index of the signer's wallet, and whether the agent keeps that key to itself.
Beside its store it writes what it was told: ``LABEL AGENT TOKENS asked`` when a call was answered by the model, and the
same with ``answered`` when the agent has its answer. A label names one call; its receipt has it as the digest of the
request.
"""

import asyncio
import hashlib
import itertools
import os
from pathlib import Path
from random import Random

from agents.chain.deployment import Deployment
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import TEST_PHRASE, Seed, Wallet
from agents.errors.tokens import Usage
from agents.llm.gateway.meter import Meter
from agents.llm.gateway.redeemer import Redeemer
from agents.llm.gateway.vouchers import Domain, SignedVoucher
from agents.llm.prices import Price, PriceTable
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from kills.doom import DeadlyTransport, Doom

PROVIDER, GAS_WALLET = 3, 4
"""Indices on the test phrase's path: who is paid, and who sends the transactions."""
AT_ONCE = 3
"""Calls of one agent at a time."""
MOST, ENOUGH = 40, 60
"""Units of a call, and of a voucher that is worth its gas."""


def digest(label: str) -> bytes:
    """What stands in a receipt."""
    return hashlib.sha256(label.encode()).digest()


class Mind:
    """One agent: asks, pays, and signs by itself if the gateway does not for it."""

    def __init__(self, meter: Meter, agent_id: int, wallet: Wallet, own: bool, doom: Doom, log: Path) -> None:
        self._meter, self._id, self._wallet, self._own = meter, agent_id, wallet, own
        self._doom, self._log = doom, log
        self._dice, self._numbers = Random(f"{os.getpid()} {agent_id}"), itertools.count()
        meter.enlist(agent_id, f"agent {agent_id}", wallet.address if own else wallet)

    async def live(self) -> None:
        """Think for ever, as fast as it may."""
        while True:
            await self._sign()
            await asyncio.gather(*(self._think() for _ in range(1 if self._own else AT_ONCE)))
            await asyncio.sleep(0.01)

    async def _think(self) -> None:
        label, tokens = f"{os.getpid()}-{self._id}-{next(self._numbers)}", self._dice.randint(1, MOST)
        reservation = self._meter.admit(self._id, model="unit", worst=MOST)
        self._doom.reach("reserved")
        await asyncio.sleep(self._dice.choice([0, 0.002]))
        self._note(label, tokens, "asked")
        self._doom.reach("replied")
        receipt = await self._meter.settle(
            reservation, Usage(tokens), request=digest(label), response=bytes(32), status=200
        )
        assert receipt is not None
        self._doom.reach("settled")
        self._note(label, tokens, "answered")

    async def _sign(self) -> None:
        claim = self._meter.account(self._id).due
        if claim is not None:
            signed = self._meter.domain.digest(claim.channel_id, claim.cumulative, claim.receipts_root)
            self._doom.reach("signed")
            await self._meter.take_voucher(self._id, SignedVoucher(claim, self._wallet.sign_digest(signed)))

    async def rest(self) -> None:
        """Sign for what it owes, if it signs by itself."""
        await self._sign()

    def _note(self, label: str, tokens: int, what: str) -> None:
        with self._log.open("a") as file:
            file.write(f"{label} {self._id} {tokens} {what}\n")


async def gateway(job: dict, doom: Doom, deployment: Deployment) -> None:
    """One life of a gateway; the last one only redeems what is left."""
    seed, path = Seed(TEST_PHRASE), Path(job["store"])
    store = Store.open(path)
    store.pin(deployment.chain_id, deployment.genesis_hash)
    async with Rpc(job["provider"], transport=DeadlyTransport(doom)) as rpc:
        feed = MarketFeed(Tailer(rpc, store, deployment.decoders, deployment.deploy_block), MarketView())
        await feed.catch_up()
        sender = Sender(rpc, store, deployment.chain_id, interval=0.01)
        await sender.recover([seed.wallet(GAS_WALLET)])
        await feed.catch_up()
        meter = Meter(
            store,
            feed.view,
            Domain(deployment.chain_id, deployment.meter.address),
            seed.wallet(PROVIDER).address,
            PriceTable(Price(10**6, 10**6), {}),
            feed.now,
        )
        market = Marketplace(rpc, deployment, sender)
        redeemer = Redeemer(meter, market, feed.view, seed.wallet(GAS_WALLET), enough=ENOUGH)
        feed.follow(redeemer)
        minds = [
            Mind(meter, int(agent_id), seed.wallet(index), own, doom, path.with_suffix(".said"))
            for agent_id, (index, own) in job["thinkers"].items()
        ]
        if job["rest"]:
            await asyncio.gather(*(mind.rest() for mind in minds))
            await redeemer.redeem_all()
        else:
            await _live(minds, redeemer, feed, job["seconds"])
        await sender.close()
    store.close()


async def _live(minds: list[Mind], redeemer: Redeemer, feed: MarketFeed, seconds: float) -> None:
    async def redeem() -> None:
        while True:
            await redeemer.turn()
            await feed.catch_up()
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(one) for one in (redeem(), *(mind.live() for mind in minds))]
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in done:
        one.result()
