"""What a party can do in the market, when it makes sense, and what the chain tells of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from agents.chain.abi import transfer
from agents.chain.sender import Sender
from agents.chain.wallet import Wallet
from agents.market.domain import AwardMode, Task, TaskState, account_of, account_of_agent
from agents.market.feed import MarketFeed
from agents.market.marketplace import Marketplace, TaskTerms
from agents.money import CREDIT
from simulation.book import Decision

SKILL = "extraction"
NOBODY = "0x" + "11" * 20
"""Who is paid ETH."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who a party is: its wallets, of which the first posts tasks, and its agents with the numbers of their wallets."""

    name: str
    wallets: tuple[Wallet, ...]
    agents: dict[int, int]


@dataclass(frozen=True, slots=True)
class Windows:
    """How long the windows of tasks are, from and to, in seconds of the chain."""

    usual: tuple[int, int] = (12, 30)
    reveal: tuple[int, int] = (12, 48)


class Moves:
    """Carries decisions out."""

    def __init__(self, cast: Cast, market: Marketplace, sender: Sender, feed: MarketFeed) -> None:
        self.cast, self.market, self.sender, self.feed = cast, market, sender, feed

    def makes_sense(self, decision: Decision) -> bool:
        """Whether the chain could still take it, as far as the party knows."""
        task_id = decision.details.get("task")
        if task_id is None:
            return True
        view, what = self.feed.view, decision.what
        if what == "forfeit":
            return (task_id, decision.details["agent"]) in view.commitments
        task = view.tasks.get(task_id)
        in_time = task is not None and (what not in _UNTIL or self.feed.now() < _UNTIL[what](task))
        return in_time and task.state is _WHILE[what]

    async def make(self, decision: Decision) -> Any:
        """Do it: a receipt, or what the marketplace says."""
        return await _MOVES[decision.what](
            self, self.cast.wallets[decision.wallet], decision.intent, **decision.details
        )

    async def _post(self, wallet: Wallet, intent: str, **terms: Any) -> int:
        known = terms | {
            "specification": bytes.fromhex(terms["specification"]),
            "mode": AwardMode(terms["mode"]),
        }
        return await self.market.create_task(
            wallet, TaskTerms(skill=SKILL, evaluator=wallet.address, **known), intent=intent
        )

    async def _commit(self, wallet, intent, task, agent, price, promised, silent):
        return await self.market.commit(wallet, task, agent, price, promised, intent=intent)

    async def _reveal(self, wallet, intent, task, agent, price, promised):
        return await self.market.reveal(wallet, task, agent, price, promised, intent=intent)

    async def _bid(self, wallet, intent, task, agent, price, promised):
        call = self.market.deployment.auction.bid(task, agent, price, promised)
        return await self.sender.send(wallet, call, intent=intent)

    async def _submit(self, wallet, intent, task, result):
        return await self.market.submit(wallet, task, bytes.fromhex(result), intent=intent)

    async def _evaluate(self, wallet, intent, task, score):
        return await self.market.evaluate(wallet, task, score, intent=intent)

    async def _take_over(self, wallet, intent, task, agent):
        return await self.market.take_over(wallet, task, agent, intent=intent)

    async def _forfeit(self, wallet, intent, task, agent):
        return await self.market.forfeit(wallet, task, agent, intent=intent)

    async def _move(self, wallet, intent, source, target, amount):
        return await self.market.transfer(wallet, source, target, amount, intent=intent)

    async def _pay(self, wallet, intent, wei):
        return await self.sender.send(wallet, transfer(NOBODY, wei), intent=intent, gas=21_000)


def _plain(name: str) -> Callable[..., Awaitable[Any]]:
    async def move(self: Moves, wallet: Wallet, intent: str, task: int) -> Any:
        return await getattr(self.market, name)(wallet, task, intent=intent)

    return move


_PLAIN = ("cancel", "finalize", "release", "declare_default", "close_rejected", "close_defaulted")
_MOVES: dict[str, Callable[..., Awaitable[Any]]] = {
    "post": Moves._post,
    "commit": Moves._commit,
    "reveal": Moves._reveal,
    "bid": Moves._bid,
    "submit": Moves._submit,
    "evaluate": Moves._evaluate,
    "take_over": Moves._take_over,
    "forfeit": Moves._forfeit,
    "move": Moves._move,
    "pay": Moves._pay,
} | {name: _plain(name) for name in _PLAIN}

_WHILE = {
    **dict.fromkeys(("commit", "bid", "cancel", "reveal", "finalize"), TaskState.OPEN),
    **dict.fromkeys(("submit", "declare_default"), TaskState.AWARDED),
    **dict.fromkeys(("evaluate", "release"), TaskState.SUBMITTED),
    **dict.fromkeys(("take_over", "close_defaulted"), TaskState.DEFAULTED),
    "close_rejected": TaskState.REJECTED,
}
"""The state of the task in which a move makes sense."""
_UNTIL: dict[str, Callable[[Task], int]] = {
    **dict.fromkeys(("commit", "bid", "cancel"), lambda task: task.bidding_end),
    "reveal": lambda task: task.reveal_end,
    "take_over": lambda task: task.deadline,
}


class Whims:
    """Decides what to do next, by dice: mostly what is due, sometimes late or never."""

    def __init__(self, cast: Cast, dice: Random, windows: Windows) -> None:
        self.cast, self.dice, self.windows = cast, dice, windows

    def about(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        """What to do about a task that has not ended."""
        return _ABOUT.get(task.state, _nothing)(self, task, feed, decided)

    def out_of_the_blue(self, decided: int, others: list[int]) -> list[Decision]:
        """What nobody waits for. ``decided`` is how many decisions there were."""
        point, name = self.dice.random(), f"{decided}"
        if point < 0.07:
            return [Decision(f"post:{name}", "post", 0, self._terms(name))]
        if point < 0.10:
            return [Decision(f"pay:{name}", "pay", self._any_wallet(), {"wei": self._unique(decided)})]
        if point < 0.13:
            agent, wallet = self.dice.choice([*self.cast.agents.items()])
            source = self.dice.choice(
                (account_of_agent(agent), account_of(self.cast.wallets[wallet].address))
            )
            details = {"source": source, "target": self.dice.choice(others), "amount": self._unique(decided)}
            return [Decision(f"move:{name}", "move", wallet, details)]
        return []

    def _unique(self, decided: int) -> int:
        return 1000 * decided + 1 + self.dice.randrange(900)

    def _any_wallet(self) -> int:
        return self.dice.randrange(len(self.cast.wallets))

    def _terms(self, name: str) -> dict[str, Any]:
        mode = self.dice.choice((0, 0, 0, 1, 1, 2))
        usual = self.windows.usual
        return {
            "specification": f"{self.cast.name}:{name}".encode().ljust(32, b".").hex(),
            "reserve": self.dice.randint(1, 20) * CREDIT,
            "mode": mode,
            "bidding_window": self.dice.randint(*usual),
            "reveal_window": 0 if mode == AwardMode.OPEN_BID else self.dice.randint(*self.windows.reveal),
            "delivery_window": self.dice.randint(*usual),
            "review_window": self.dice.randint(*usual),
        }

    def _fate(self, task: Task, what: str) -> float:
        """The same each time it is asked."""
        return Random(f"{self.cast.name} {task.id} {what}").random()

    def _open(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        now = feed.now()
        if now < task.bidding_end:
            return [*self._bids(task), *self._second_thoughts(task)]
        found = [*self._reveals(task, now, decided)]
        if now >= task.reveal_end and self.dice.random() < 0.5:
            found.append(self._plain("finalize", task))
        return found

    def _bids(self, task: Task) -> list[Decision]:
        found = []
        for agent, wallet in self.cast.agents.items():
            if self._fate(task, f"bids {agent}") < 0.5 and self.dice.random() < 0.6:
                bid = {
                    "task": task.id,
                    "agent": agent,
                    "price": self.dice.randint(1, task.reserve),
                    "promised": self.dice.randint(1, task.delivery_window),
                }
                sealed = {"silent": self.dice.random() < 0.1} if task.mode.is_sealed else {}
                what = "commit" if task.mode.is_sealed else "bid"
                found.append(Decision(f"{what}:{task.id}:{agent}", what, wallet, bid | sealed))
        return found

    def _second_thoughts(self, task: Task) -> list[Decision]:
        if task.requester == self.cast.wallets[0].address and self.dice.random() < 0.01:
            return [self._plain("cancel", task)]
        return []

    def _reveals(self, task: Task, now: int, decided: dict[str, Decision]) -> list[Decision]:
        found = []
        for agent in self.cast.agents:
            bid = decided.get(f"commit:{task.id}:{agent}")
            if now < task.reveal_end and bid and not bid.dropped and not bid.details["silent"]:
                details = {key: value for key, value in bid.details.items() if key != "silent"}
                found.append(Decision(f"reveal:{task.id}:{agent}", "reveal", bid.wallet, details))
        return found

    def _awarded(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        wallet = self.cast.agents.get(task.agent_id)
        if wallet is not None and self._fate(task, "lazy") > 0.2:
            result = self.dice.getrandbits(256).to_bytes(32, "big").hex()
            details = {"task": task.id, "result": result}
            return [Decision(f"submit:{task.id}:{task.agent_id}", "submit", wallet, details)]
        if feed.now() >= task.deadline and self.dice.random() < 0.5:
            return [self._plain("declare_default", task)]
        return []

    def _submitted(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        if task.evaluator == self.cast.wallets[0].address and self._fate(task, "silent") > 0.2:
            details = {"task": task.id, "score": self.dice.randint(0, 100)}
            return [Decision(f"evaluate:{task.id}", "evaluate", 0, details)]
        return self._after(task, feed, "release")

    def _rejected(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        return self._after(task, feed, "close_rejected")

    def _defaulted(self, task: Task, feed: MarketFeed, decided: dict[str, Decision]) -> list[Decision]:
        ranking = feed.view.ranking(task.id)
        second = ranking[1].agent_id if len(ranking) > 1 else 0
        wallet = self.cast.agents.get(second)
        if wallet is not None and feed.now() < task.deadline and self._fate(task, "heir") < 0.6:
            details = {"task": task.id, "agent": second}
            return [Decision(f"take_over:{task.id}:{second}", "take_over", wallet, details)]
        return self._after(task, feed, "close_defaulted")

    def _after(self, task: Task, feed: MarketFeed, what: str) -> list[Decision]:
        if feed.now() >= task.deadline and self.dice.random() < 0.5:
            return [self._plain(what, task)]
        return []

    def _plain(self, what: str, task: Task) -> Decision:
        name = f"{what}:{task.id}:{self.cast.name}:{task.agent_id}"
        return Decision(name, what, 0, {"task": task.id})


def _nothing(*_: Any) -> list[Decision]:
    return []


_ABOUT: dict[TaskState, Callable[..., list[Decision]]] = {
    TaskState.OPEN: Whims._open,
    TaskState.AWARDED: Whims._awarded,
    TaskState.SUBMITTED: Whims._submitted,
    TaskState.REJECTED: Whims._rejected,
    TaskState.DEFAULTED: Whims._defaulted,
}
