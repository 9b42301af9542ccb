"""A market that only pretends: transactions and events such as the contracts would log, out of dice.

Each transaction fits what came before it, so that whoever folds the events finds what he looks for. The state is plain
data, which can be copied and taken back.
"""

import copy
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from agents.chain.abi import Call, Event, encode, is_value
from agents.chain.bindings import (
    agent_registry,
    bid_auction,
    credit_token,
    incentive_engine,
    ledger,
    message_hub,
    structs,
    task_manager,
    usage_meter,
)
from agents.chain.bindings.errors import InsufficientFree
from agents.chain.deployment import Deployment
from agents.chain.words import checksummed
from agents.market.domain import account_of, account_of_agent, bond_of
from agents.money import CREDIT

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = "0x" + "00" * 20
SKILLS = ("summary", "translation", "code", "arithmetic")
WINDOWS = {"bidding_window": 60, "reveal_window": 60, "delivery_window": 600, "review_window": 120}
CAPITAL = 1_000_000 * CREDIT
STRANGE = ("Ünïcode ☃", "<script>alert(1)</script>", "a\0b", "right\u202eleft", "")
"""Text as strangers write it."""

Logged = tuple[str, Event]
"""A contract's address, and what it logs."""


def address(number: int, kind: int = 0xA) -> str:
    """A made-up address."""
    return checksummed(f"0x{kind:02x}{number:038x}")


def scripted_deployment() -> Deployment:
    """The market's contracts on a chain that is nowhere."""
    kinds = {name: kind for name, kind in Deployment.__annotations__.items() if name.islower()}
    made: dict[str, Any] = {"chain_id": 31337, "genesis_hash": "0x" + "11" * 32, "deploy_block": 1}
    contracts = {
        name: kind(address(number, 0xC))
        for number, (name, kind) in enumerate(kinds.items())
        if name not in made
    }
    return Deployment(**made, **contracts)


@dataclass
class Deed:
    """One transaction: who calls what, and what is logged; ``revert`` is why it failed."""

    sender: str
    to: str
    data: bytes
    events: list[Logged] = field(default_factory=list)
    revert: bytes | None = None


@dataclass
class State:
    """What the contracts would have in store."""

    owners: dict[int, str] = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    records: dict[tuple[int, int, str], tuple[int, int]] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    rich: dict[str, int] = field(default_factory=dict)
    channels: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    tasks_made: int = 0
    messages: int = 0
    now: int = 1_800_000_000


class ScriptedMarket:
    """``deeds`` makes the transactions of the next block."""

    def __init__(self, deployment: Deployment, requesters: int = 4, agents: int = 12) -> None:
        self.of = deployment
        self.state = State()
        self._requesters, self._agents = requesters, agents

    def copy(self) -> State:
        """The state as it is now, for ``self.state`` later on."""
        return copy.deepcopy(self.state)

    def deeds(self, dice: Random, count: int, seconds: int = 5) -> list[Deed]:
        """``count`` transactions of a block that comes ``seconds`` after the one before."""
        self.state.now += seconds
        return [self._deed(dice) for _ in range(count)]

    def _deed(self, dice: Random) -> Deed:
        state = self.state
        if len(state.rich) < self._requesters:
            return self._deposit(len(state.rich))
        if len(state.owners) < self._agents and dice.random() < 0.3:
            return self._register(dice, len(state.owners) + 1)
        moves: list[tuple[float, Callable[[Random], Deed]]] = [
            (0.15, self._create),
            (0.04, self._message),
            (0.05, self._transfer),
            (0.05, self._fail),
            (0.06, self._think),
            (0.02, self._hand_over),
            (0.63, self._go_on),
        ]
        if not state.owners:
            moves = moves[:1]
        return dice.choices([move for _, move in moves], [weight for weight, _ in moves])[0](dice)

    # Credits

    def _deposit(self, number: int) -> Deed:
        who, token, vault = address(number), self.of.token.address, self.of.ledger.address
        self.state.rich[who] = CAPITAL
        events = [
            (token, credit_token.Transfer(NOBODY, who, 2 * CAPITAL)),
            (vault, ledger.Deposited(account_of(who), who, CAPITAL)),
            (token, credit_token.Transfer(who, vault, CAPITAL)),
        ]
        return self._sent(who, self.of.ledger.deposit(account_of(who), CAPITAL), events)

    def _transfer(self, dice: Random) -> Deed:
        who, agent = dice.choice(list(self.state.rich)), dice.choice(list(self.state.owners))
        amount = dice.randint(1, CREDIT)
        moved = ledger.Transferred(account_of(who), account_of_agent(agent), amount)
        call = self.of.ledger.transfer(moved.from_, moved.to, amount)
        return self._sent(who, call, [(self.of.ledger.address, moved)])

    def _fail(self, dice: Random) -> Deed:
        who = dice.choice(list(self.state.rich))
        call = self.of.ledger.transfer(account_of(who), account_of_agent(1), 10 * CAPITAL)
        words = [account_of(who), CAPITAL, 10 * CAPITAL]
        revert = InsufficientFree.SELECTOR + encode(("uint256", "uint256", "uint256"), words)
        return Deed(who, call.to, call.data, [], dice.choice([revert, b"", b"\xde\xad\xbe\xef"]))

    # Agents

    def _register(self, dice: Random, agent: int) -> Deed:
        owner, home = address(agent, 0xB), self.of.registry.address
        uri = f"agent-{agent} {dice.choice(STRANGE)}"
        self.state.owners[agent], self.state.epochs[agent] = owner, 0
        wallet = bytes.fromhex(owner[2:])
        funder = next(iter(self.state.rich))
        gift = ledger.Transferred(account_of(funder), account_of_agent(agent), 1_000 * CREDIT)
        events: list[Logged] = [
            (home, agent_registry.Transfer(NOBODY, owner, agent)),
            (home, agent_registry.Registered(agent, uri, owner)),
            (home, agent_registry.MetadataSet(agent, bytes(32), "agentWallet", wallet)),
            *(
                (home, agent_registry.SkillSet(agent, _tag(skill), dice.randint(1, 100)))
                for skill in dice.sample(SKILLS, 2)
            ),
            (self.of.ledger.address, gift),
        ]
        return self._sent(owner, self.of.registry.register(), events)

    def _hand_over(self, dice: Random) -> Deed:
        agent = dice.choice(list(self.state.owners))
        before, after = self.state.owners[agent], address(dice.randrange(1_000), 0xD)
        self.state.owners[agent] = after
        self.state.epochs[agent] += 1
        home = self.of.registry.address
        events: list[Logged] = [
            (home, agent_registry.Transfer(before, after, agent)),
            (home, agent_registry.MetadataSet(agent, bytes(32), "agentWallet", b"")),
        ]
        return self._sent(before, self.of.registry.transfer_from(before, after, agent), events)

    def _message(self, dice: Random) -> Deed:
        self.state.messages += 1
        number, agents = self.state.messages, list(self.state.owners)
        source, target = account_of_agent(dice.choice(agents)), account_of_agent(dice.choice(agents))
        payload = dice.choice(STRANGE).encode()
        sent = message_hub.MessageSent(number, number, source, target, 0, 0, dice.randbytes(32), payload)
        who = self.state.owners[source & 0xFFFF]
        return Deed(who, self.of.messages.address, b"\1\2\3\4", [(self.of.messages.address, sent)])

    def _think(self, dice: Random) -> Deed:
        state, home = self.state, self.of.meter.address
        agent = dice.choice(list(state.owners))
        owner, account = state.owners[agent], account_of_agent(agent)
        number = bytes([agent]) * 32
        provider = address(1, 0xE)
        if number not in state.channels:
            state.channels[number] = (5 * CREDIT, 0)
            opened = usage_meter.ChannelOpened(number, agent, provider, owner, 0, 0, 5 * CREDIT)
            locked = ledger.Locked(account, 5 * CREDIT)
            return Deed(owner, home, b"", [(self.of.ledger.address, locked), (home, opened)])
        rest, drawn = state.channels[number]
        due = min(rest, dice.randint(1, 20_000))
        if not due:
            return self._transfer(dice)
        state.channels[number] = (rest - due, drawn + due)
        paid = ledger.Paid(account, account_of(provider), due)
        redeemed = usage_meter.Redeemed(number, drawn + due, dice.randbytes(32))
        return Deed(provider, home, b"", [(self.of.ledger.address, paid), (home, redeemed)])

    # Tasks

    def _create(self, dice: Random) -> Deed:
        state = self.state
        state.tasks_made += 1
        number, who = state.tasks_made, dice.choice(list(state.rich))
        reserve, skill = dice.randint(1, 50) * CREDIT, dice.choice(SKILLS)
        params = structs.TaskParams(
            specification=dice.randbytes(32),
            seal=dice.randbytes(32),
            skill=_tag(skill),
            mode=0,
            reserve=reserve,
            evaluator=who,
            passing_score=60,
            parent_id=0,
            **WINDOWS,
        )
        state.tasks[number] = {
            "requester": who,
            "skill": skill,
            "reserve": reserve,
            "bids": {},
            "shown": {},
            "step": "bidding",
        }
        events: list[Logged] = [
            (self.of.ledger.address, ledger.Locked(account_of(who), reserve)),
            (
                self.of.tasks.address,
                task_manager.TaskCreated(number, who, _tag(skill), params, 250, 10, 10, 25),
            ),
        ]
        return self._sent(who, self.of.tasks.create_task(params), events)

    def _go_on(self, dice: Random) -> Deed:
        live = self.state.tasks
        if not live:
            return self._create(dice)
        number = dice.choice(list(live))
        task = live[number]
        step: Callable[[Random, int, dict[str, Any]], Deed] = getattr(self, f"_{task['step']}")
        deed = step(dice, number, task)
        if task["step"] == "ended":
            del live[number]
        return deed

    def _bidding(self, dice: Random, number: int, task: dict[str, Any]) -> Deed:
        vault, home = self.of.ledger.address, self.of.tasks.address
        if not task["bids"] and dice.random() < 0.1:
            task["step"] = "ended"
            events: list[Logged] = [
                (home, task_manager.TaskCancelled(number)),
                (vault, ledger.Unlocked(account_of(task["requester"]), task["reserve"])),
                (home, task_manager.TaskRefunded(number, task["reserve"])),
            ]
            return self._sent(task["requester"], self.of.tasks.cancel(number), events)
        if len(task["bids"]) >= dice.randint(1, 5):
            task["step"] = "revealing"
        agent = dice.choice(list(self.state.owners))
        bond, quality = bond_of(task["reserve"]), 5_000 + dice.randrange(5_000)
        again = agent in task["bids"]
        task["bids"][agent] = quality
        events = [] if again else [(vault, ledger.Locked(account_of_agent(agent), bond))]
        committed = bid_auction.BidCommitted(number, agent, dice.getrandbits(200), quality, again)
        return Deed(
            self.state.owners[agent],
            self.of.auction.address,
            b"\0\0\0\1",
            [*events, (self.of.auction.address, committed)],
        )

    def _revealing(self, dice: Random, number: int, task: dict[str, Any]) -> Deed:
        sealed = [agent for agent in task["bids"] if agent not in task["shown"]]
        if sealed and dice.random() < 0.85:
            agent = dice.choice(sealed)
            task["shown"][agent] = dice.randint(1, task["reserve"])
            shown = bid_auction.BidRevealed(number, agent, task["shown"][agent], 300, task["bids"][agent])
            return Deed(
                self.state.owners[agent],
                self.of.auction.address,
                b"\0\0\0\2",
                [(self.of.auction.address, shown)],
            )
        return self._finalize(number, task, sealed)

    def _finalize(self, number: int, task: dict[str, Any], sealed: list[int]) -> Deed:
        auction, vault, home = self.of.auction.address, self.of.ledger.address, self.of.tasks.address
        bond, events = bond_of(task["reserve"]), list[Logged]()
        for agent in sealed:
            events.append((auction, bid_auction.BondForfeited(number, agent, bond)))
            events.append((vault, ledger.Burned(account_of_agent(agent), bond)))
        if not task["shown"]:
            task["step"] = "ended"
            events += [
                (auction, bid_auction.AuctionFinalized(number, 0, 0)),
                (home, task_manager.TaskExpired(number)),
                (vault, ledger.Unlocked(account_of(task["requester"]), task["reserve"])),
                (home, task_manager.TaskRefunded(number, task["reserve"])),
            ]
        else:
            winner = min(task["shown"], key=lambda agent: (task["shown"][agent] / task["bids"][agent], agent))
            price, now = task["shown"][winner], self.state.now
            task |= {"step": "working", "agent": winner, "price": price}
            losers = [agent for agent in task["shown"] if agent != winner]
            events += [(vault, ledger.Unlocked(account_of_agent(agent), bond)) for agent in losers]
            events.append((auction, bid_auction.AuctionFinalized(number, winner, price)))
            events.append((home, task_manager.TaskAwarded(number, winner, price, now + 300, now + 600)))
        return self._sent(address(3), self.of.auction.finalize(number), events)

    def _working(self, dice: Random, number: int, task: dict[str, Any]) -> Deed:
        home, vault, agent = self.of.tasks.address, self.of.ledger.address, task["agent"]
        if dice.random() < 0.1:
            task["step"] = "ended"
            bond, who = bond_of(task["reserve"]), account_of(task["requester"])
            events: list[Logged] = [
                (vault, ledger.Paid(account_of_agent(agent), who, bond)),
                (home, task_manager.TaskDefaulted(number, agent, bond, self.state.now + 60)),
                (vault, ledger.Unlocked(who, task["reserve"])),
                (home, task_manager.TaskRefunded(number, task["reserve"])),
            ]
            return self._sent(address(3), self.of.tasks.declare_default(number), events)
        task["step"] = "judging"
        result = dice.randbytes(32)
        submitted = task_manager.ResultSubmitted(number, agent, result, 0, self.state.now + 120)
        call = self.of.tasks.submit(number, result)
        return self._sent(self.state.owners[agent], call, [(home, submitted)])

    def _judging(self, dice: Random, number: int, task: dict[str, Any]) -> Deed:
        task["step"] = "ended"
        home, vault, agent = self.of.tasks.address, self.of.ledger.address, task["agent"]
        price, who, score = task["price"], account_of(task["requester"]), dice.randint(60, 100)
        fee = price * 250 // 10_000
        key = (agent, self.state.epochs[agent], task["skill"])
        experience, merit = self.state.records.get(key, (0, 0))
        experience, merit = experience + price, merit + price * score // 100
        self.state.records[key] = (experience, merit)
        updated = incentive_engine.ReputationUpdated(
            agent, _tag(task["skill"]), key[1], score, 0, experience, merit
        )
        moves: list[Event] = [
            ledger.Paid(who, account_of_agent(agent), price - fee),
            *([ledger.Paid(who, account_of(address(0, 0xF)), fee)] if fee else []),
            *([ledger.Unlocked(who, task["reserve"] - price)] if price < task["reserve"] else []),
            ledger.Unlocked(account_of_agent(agent), bond_of(task["reserve"])),
        ]
        events: list[Logged] = [
            (home, task_manager.TaskEvaluated(number, task["requester"], score)),
            *((vault, move) for move in moves),
            (self.of.incentives.address, updated),
            (home, task_manager.TaskSettled(number, agent, price, fee, silent=False)),
        ]
        return self._sent(task["requester"], self.of.tasks.evaluate(number, score), events)

    def _sent(self, sender: str, call: Call[Any], events: list[Logged]) -> Deed:
        return Deed(sender, call.to, call.data, events)


def _tag(skill: str) -> bytes:
    return skill.encode().ljust(16, b"\0")


def written(event: Event) -> tuple[list[bytes], bytes]:
    """The topics and the data of the log that holds the event."""
    slots = [name for name in type(event).__annotations__ if name not in ("TOPIC", "FIELDS")]
    topics, kinds, values = [type(event).TOPIC], list[str](), list[Any]()
    for slot, (kind, indexed) in zip(slots, type(event).FIELDS, strict=True):
        value = getattr(event, slot)
        if indexed:
            topics.append(encode([kind], [value]) if is_value(kind) else value)
        else:
            kinds.append(kind)
            values.append(value.to_abi() if hasattr(value, "to_abi") else value)
    return topics, encode(kinds, values)
