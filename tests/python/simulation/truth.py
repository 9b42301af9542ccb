"""What is on the chain, asked of the node itself, and how a party's store differs from it, both ways."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from agents.chain.bindings import bid_auction, ledger, task_manager
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.rpc import quantity
from agents.chain.tailer import RANGE, BlockEvents, LoggedEvent
from agents.market.marketplace import Marketplace
from agents.market.view import MarketView
from simulation.book import Decision, read
from simulation.moves import NOBODY, Cast

Ask = Callable[..., Any]


class Truth:
    """All blocks from the deployment to the head. What lies below ``known`` is taken from there."""

    def __init__(self, ask: Ask, deployment: Deployment, known: "Truth | None" = None) -> None:
        self.deployment = deployment
        first = known.head + 1 if known else deployment.deploy_block
        self.head = int(ask("eth_blockNumber"), 16)
        self.blocks: list[tuple] = list(known.blocks) if known else []
        self.transactions: dict[str, dict] = {}
        """By hash, those since ``known``."""
        for number in range(first, self.head + 1):
            block = ask("eth_getBlockByNumber", quantity(number), True)
            self.blocks.append((number, block["hash"], block["parentHash"], int(block["timestamp"], 16)))
            for one in block["transactions"]:
                self.transactions[one["hash"]] = one | {
                    "receipt": ask("eth_getTransactionReceipt", one["hash"])
                }
        self.logs: list[Log] = list(known.logs) if known else []
        raw = []
        for number in range(first, self.head + 1, RANGE):
            asked = {"fromBlock": quantity(number), "toBlock": quantity(min(self.head, number + RANGE - 1))}
            raw += ask("eth_getLogs", asked | {"address": [*deployment.decoders]})
        self.logs += [Log.read(one) for one in raw]
        self.view, self.events = self._fold()

    def _fold(self) -> tuple[MarketView, list[Any]]:
        view, events = MarketView(), []
        times = {number: time for number, _, _, time in self.blocks}
        for log in self.logs:
            event = log.decode(self.deployment.decoders[log.address])
            if event is not None:
                events.append(event)
                view.apply(
                    LoggedEvent(log.block, log.index, log.tx_hash, log.address, event, times[log.block])
                )
        return view, events

    def of(self, address: str) -> list[dict]:
        """The transactions of a wallet, in the order of their nonces."""
        own = [one for one in self.transactions.values() if one["from"] == address.lower()]
        return sorted(own, key=lambda one: int(one["nonce"], 16))

    def as_blocks(self) -> Iterable[BlockEvents]:
        """The blocks as the tailer gives them; for the audit."""
        of_block: dict[int, list[LoggedEvent]] = {}
        times = {number: time for number, _, _, time in self.blocks}
        for log in self.logs:
            event = log.decode(self.deployment.decoders[log.address])
            if event is not None:
                of_block.setdefault(log.block, []).append(
                    LoggedEvent(log.block, log.index, log.tx_hash, log.address, event, times[log.block])
                )
        for number, digest, _, time in self.blocks:
            yield BlockEvents(number, digest, time, tuple(of_block.get(number, ())))


def differences(truth: Truth, path: Path, cast: Cast, market: Marketplace, view: MarketView) -> list[str]:
    """How what a party keeps differs from the truth: nothing may be missing, and nothing may be too much."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return [
            f"{cast.name}: {one}"
            for one in [
                *stored(truth, db),
                *_outbox(truth, db, cast),
                *_effects(truth, db, cast, market),
                *views(truth.view, view),
            ]
        ]


def both_ways(what: str, kept: Iterable[Any], true: Iterable[Any]) -> list[str]:
    """What is kept and not true, and what is true and not kept, each as often as it is."""
    kept, true = Counter(kept), Counter(true)
    invented = [f"{what} kept that is not on chain: {one}" for one in (kept - true).elements()]
    return invented + [f"{what} on chain that is not kept: {one}" for one in (true - kept).elements()]


def stored(truth: Truth, db: sqlite3.Connection) -> list[str]:
    """How the blocks and logs in a store, as far as the truth goes, differ from those of the chain."""
    blocks = db.execute("SELECT number, hash, parent, timestamp FROM blocks WHERE number <= ?", (truth.head,))
    logs = db.execute(
        "SELECT block, idx, tx, address, topics, data FROM logs WHERE block <= ?", (truth.head,)
    )
    true = (
        (one.block, one.index, one.tx_hash, one.address, b"".join(one.topics), one.data) for one in truth.logs
    )
    return [
        *both_ways("block", map(tuple, blocks), truth.blocks),
        *both_ways("log", map(tuple, logs), true),
    ]


def _outbox(truth: Truth, db: sqlite3.Connection, cast: Cast) -> list[str]:
    """Each intent has one transaction, each transaction one intent, and both end in the same way."""
    kept = []
    for row in db.execute("SELECT intent, hash, state, receipt FROM outbox"):
        receipt = json.loads(row["receipt"]) if row["receipt"] else {}
        kept.append((row["hash"], row["state"], receipt.get("blockHash"), receipt.get("status")))
    true, found = [], []
    for wallet in cast.wallets:
        own = truth.of(wallet.address)
        for one in own:
            receipt = one["receipt"]
            state = "mined" if receipt["status"] == "0x1" else "failed"
            true.append((one["hash"], state, receipt["blockHash"], receipt["status"]))
        nonces = [int(one["nonce"], 16) for one in own]
        if nonces and nonces != list(range(nonces[0], nonces[0] + len(nonces))):
            found.append(f"the nonces of {wallet.address} have gaps: {nonces}")
    return found + both_ways("transaction", kept, true)


def _effects(truth: Truth, db: sqlite3.Connection, cast: Cast, market: Marketplace) -> list[str]:
    """What was decided and carried out is what happened, once each; what was dropped did not happen."""
    states = dict(db.execute("SELECT intent, state FROM outbox").fetchall())
    found, kept = [], []
    for decision in read(db):
        state = states.pop(decision.intent, None)
        if decision.dropped and state is not None:
            found.append(f"{decision.intent} was dropped, but is {state}")
        if state == "mined" and decision.what in _EFFECT:
            kept.append(_EFFECT[decision.what](decision.details, decision, cast, market))
    found += [f"{intent} was never decided" for intent in states]
    return found + both_ways("deed", kept, _deeds(truth, cast))


def _digest(decision: Decision, cast: Cast, market: Marketplace) -> int:
    """What a commitment shows of its bid."""
    bid = decision.details
    salt = market.salt(cast.wallets[decision.wallet], bid["task"], bid["agent"])
    return market.commitment(bid["task"], bid["agent"], bid["price"], bid["promised"], salt)


_EFFECT: dict[str, Callable[..., tuple]] = {
    "post": lambda said, *_: ("post", said["specification"]),
    "commit": lambda said, *whose: ("commit", said["task"], said["agent"], _digest(*whose)),
    "reveal": lambda said, *_: ("reveal", said["task"], said["agent"], said["price"], said["promised"]),
    "bid": lambda said, *_: ("reveal", said["task"], said["agent"], said["price"], said["promised"]),
    "submit": lambda said, *_: ("submit", said["task"], said["result"]),
    "evaluate": lambda said, *_: ("evaluate", said["task"], said["score"]),
    "take_over": lambda said, *_: ("take_over", said["task"], said["agent"]),
    "move": lambda said, *_: ("move", said["source"], said["target"], said["amount"]),
    "pay": lambda said, *_: ("pay", said["wei"]),
}


def _deeds(truth: Truth, cast: Cast) -> list[tuple]:
    """What the party did, as the chain tells it."""
    own = {one["hash"] for wallet in cast.wallets for one in truth.of(wallet.address)}
    deeds = []
    for log in truth.logs:
        event = log.decode(truth.deployment.decoders[log.address]) if log.tx_hash in own else None
        tell = _TOLD.get(type(event))
        if tell is not None:
            deeds.append(tell(event))
    payments = (truth.transactions[one] for one in own)
    return deeds + [("pay", int(one["value"], 16)) for one in payments if one["to"] == NOBODY]


_TOLD: dict[type, Callable[[Any], tuple]] = {
    task_manager.TaskCreated: lambda event: ("post", event.params.specification.hex()),
    bid_auction.BidCommitted: lambda event: ("commit", event.task_id, event.agent_id, event.digest),
    bid_auction.BidRevealed: lambda event: (
        *("reveal", event.task_id, event.agent_id),
        *(event.price, event.promised),
    ),
    bid_auction.TaskTakenOver: lambda event: ("take_over", event.task_id, event.agent_id),
    task_manager.ResultSubmitted: lambda event: ("submit", event.task_id, event.result.hex()),
    task_manager.TaskEvaluated: lambda event: ("evaluate", event.task_id, event.score),
    ledger.Transferred: lambda event: ("move", event.from_, event.to, event.amount),
}


def views(true: MarketView, kept: MarketView) -> list[str]:
    """The parts in which two views differ."""
    return [
        f"the view's {name.strip('_')} differs"
        for name, value in vars(true).items()
        if value != getattr(kept, name) and name not in ("_timestamp",)
    ]


def silences(
    truth: Truth, path: Path, cast: Cast, awake: Iterable[tuple[int, int]], forked: Iterable[int], enough: int
) -> list[str]:
    """The sealed bids that were not opened, though their bidder meant to, and was awake for ``enough`` seconds of the
    chain's time while it could, without a break and without a fork. ``awake`` holds from when to when it was."""
    with closing(sqlite3.connect(path)) as db:
        mined = {row[0] for row in db.execute("SELECT intent FROM outbox WHERE state = 'mined'")}
        bids = [one for one in read(db) if one.what == "commit" and one.intent in mined]
    awake, forked, found = list(awake), list(forked), []
    revealed = {(bid.task_id, bid.agent_id) for bids in truth.view.bids.values() for bid in bids}
    for bid in bids:
        task = truth.view.tasks[bid.details["task"]]
        times = [min(end, task.reveal_end) - max(begin, task.bidding_end) for begin, end in awake]
        disturbed = any(task.bidding_end <= time <= task.reveal_end for time in forked)
        silent = bid.details["silent"] or (task.id, bid.details["agent"]) in revealed
        if not silent and not disturbed and max(times, default=0) >= enough:
            found.append(f"{cast.name}: {bid.intent} was never opened")
    return found
