"""What thinking costs: an agent pays a provider by vouchers, from a deposit, and may come to owe it a little."""

from dataclasses import dataclass
from enum import IntEnum

from eth_utils.crypto import keccak

from agents.chain.abi import encode

from .base import operation
from .law import Refused, account_of, account_of_agent, need
from .people import NOBODY
from .races import Races

MAX_CUMULATIVE = 2**64 - 1

Key = tuple[int, str, str]
"""Agent, signer and provider."""


class Flaw(IntEnum):
    """Why a voucher is worth nothing."""

    NONE = 0
    NOT_OPEN = 1
    EXIT_OVER = 2
    STALE = 3
    EXCESSIVE = 4
    WRONG_SIGNATURE = 5


@dataclass(slots=True)
class Channel:
    """What is left to be spent, and what was; each time that it is opened again is another epoch."""

    epoch: int = 0
    deposit: int = 0
    redeemed: int = 0
    exit_end: int = 0
    owner_epoch: int = 0
    open: bool = False


@dataclass(slots=True)
class Pledge:
    """What secures an agent's debt."""

    amount: int = 0
    release_at: int = 0
    owed_since: int = 0


@dataclass(frozen=True, slots=True)
class Voucher:
    """All that was spent in a channel, signed for one of its epochs; ``genuine`` is whether by the signer."""

    agent: int
    signer: str
    cumulative: int
    root: bytes
    epoch: int
    genuine: bool = True


class Channels(Races):
    """What agents and providers do."""

    # Agents

    @operation
    def open_channel(self, caller: str, agent: int, signer: str, provider: str, amount: int) -> None:
        """Set credits aside for a provider."""
        self._as_actor(agent, caller)
        need(NOBODY not in (signer, provider), "ZeroAddress")
        key = agent, signer, provider
        channel = self.channels.get(key) or Channel()
        need(not channel.open, "AlreadyOpen", self._id(key))
        self._can_hold(agent, amount)
        channel.deposit, channel.open, channel.owner_epoch = amount, True, self.agents[agent].epoch
        self.channels[key] = channel
        epochs = channel.epoch, channel.owner_epoch
        self.tell("ChannelOpened", self._id(key), agent, provider, signer, *epochs, amount)
        self.book.hold(account_of_agent(agent), self.deposits, amount)

    @operation
    def top_up(self, caller: str, agent: int, signer: str, provider: str, amount: int) -> None:
        """Set more aside."""
        key, channel = self._own_channel(caller, agent, signer, provider)
        epoch = self.agents[agent].epoch
        need(channel.owner_epoch == epoch, "OwnerChanged", self._id(key), channel.owner_epoch, epoch)
        self._can_hold(agent, amount)
        channel.deposit += amount
        self.tell("ToppedUp", self._id(key), amount)
        self.book.hold(account_of_agent(agent), self.deposits, amount)

    @operation
    def start_exit(self, caller: str, agent: int, signer: str, provider: str) -> None:
        """Want the rest back; the provider has a window left to redeem in."""
        key, channel = self._own_channel(caller, agent, signer, provider)
        channel.exit_end = self.now + self.challenge_window
        self.tell("ExitStarted", self._id(key), channel.exit_end)

    @operation
    def pledge_stake(self, caller: str, agent: int, amount: int) -> None:
        """Secure what the agent may come to owe."""
        self._as_actor(agent, caller)
        self.book.afford(account_of_agent(agent), amount)
        pledged = self.stakes.setdefault(agent, Pledge())
        pledged.amount, pledged.release_at = pledged.amount + amount, 0
        self.tell("Pledged", agent, amount)
        self.book.lock(account_of_agent(agent), amount)

    @operation
    def start_unpledge(self, caller: str, agent: int) -> None:
        """Want the pledge back."""
        self._as_actor(agent, caller)
        pledged = self._pledged(agent)
        pledged.release_at = self.now + self.challenge_window
        self.tell("UnpledgeStarted", agent, pledged.release_at)

    @operation
    def unpledge(self, caller: str, agent: int) -> None:
        """Take the pledge back, without debts."""
        self._as_actor(agent, caller)
        pledged, account = self._pledged(agent), account_of_agent(agent)
        due = pledged.release_at and self.now >= pledged.release_at
        need(due, "StillPledged", agent, pledged.release_at, self.now)
        need(not self.book.debt[account], "AgentIndebted", agent, self.book.debt[account])
        del self.stakes[agent]
        self.tell("Unpledged", agent, pledged.amount)
        self.book.unlock(account, pledged.amount)

    # Providers

    @operation
    def set_credit_line(self, caller: str, agent: int, amount: int) -> None:
        """Let an agent owe without a pledge."""
        need(agent in self.agents, "AgentNotFound", agent)
        epoch = self.agents[agent].epoch
        self.lines[caller, agent, epoch] = amount
        self.tell("CreditLineSet", caller, agent, epoch, amount)

    @operation
    def seize(self, caller: str, agent: int) -> None:
        """Take an old debt out of the pledge."""
        account, pledged = account_of_agent(agent), self.stakes.get(agent) or Pledge()
        debt = self.book.debt[account]
        owed = debt and self.book.creditor[account] == account_of(caller)
        need(owed, "NotCreditor", agent, caller)
        grace_end = pledged.owed_since + self.challenge_window
        need(self.now >= grace_end, "GraceNotOver", agent, grace_end, self.now)
        amount = min(pledged.amount, debt)
        need(amount, "NothingPledged", agent)
        pledged.amount -= amount
        self.tell("PledgeSeized", agent, caller, amount)
        self.book.pay(account, account, amount)

    # Anyone

    @operation
    def redeem(self, caller: str, provider: str, voucher: Voucher) -> None:
        """Pay a provider what a voucher says beyond the last one."""
        key = voucher.agent, voucher.signer, provider
        flaw = self._flaw(key, voucher)
        need(flaw is Flaw.NONE, "VoucherRefused", self._id(key), voucher.cumulative, flaw)
        self._pay_out(provider, self._redeem(key, voucher))

    @operation
    def redeem_many(self, caller: str, provider: str, vouchers: list[Voucher]) -> None:
        """The same for many; flawed ones are left out."""
        paid = 0
        for voucher in vouchers:
            key = voucher.agent, voucher.signer, provider
            flaw = self._flaw(key, voucher)
            if flaw is Flaw.NONE:
                paid += self._redeem(key, voucher)
            else:
                self.tell("VoucherSkipped", self._id(key), voucher.cumulative, flaw)
        self._pay_out(provider, paid)

    @operation
    def close_channel(self, caller: str, agent: int, signer: str, provider: str) -> None:
        """Give the rest back."""
        key = agent, signer, provider
        channel = self._open_channel(key)
        over = channel.exit_end and self.now >= channel.exit_end
        need(caller == provider or over, "ExitNotOver", self._id(key), channel.exit_end, self.now)
        self.tell("ChannelClosed", self._id(key), channel.deposit)
        self.channels[key] = Channel(epoch=channel.epoch + 1)
        if channel.deposit:
            self.book.pay(self.deposits, account_of_agent(agent), channel.deposit)

    # Within

    def available(self, agent: int, signer: str, provider: str) -> int:
        """What a provider can count on."""
        channel, known = self.channels[agent, signer, provider], self.agents[agent]
        trusted = channel.owner_epoch == known.epoch and not self.book.debt[account_of_agent(agent)]
        if not channel.open or channel.exit_end or not trusted:
            return 0
        pledged = self.stakes.get(agent) or Pledge()
        return channel.deposit + self._allowance(agent, provider, 0 if pledged.release_at else pledged.amount)

    def _allowance(self, agent: int, provider: str, pledged: int) -> int:
        line = self.lines.get((provider, agent, self.agents[agent].epoch), 0)
        return min(self.terms.overdraft_limit, pledged + line)

    def _redeem(self, key: Key, voucher: Voucher) -> int:
        """What the deposit pays."""
        channel = self.channels[key]
        due = voucher.cumulative - channel.redeemed
        paid = min(due, channel.deposit)
        channel.deposit, channel.redeemed = channel.deposit - paid, voucher.cumulative
        self.tell("Redeemed", self._id(key), voucher.cumulative, voucher.root)
        if paid < due:
            self._overdraw(key, due - paid)
        return paid

    def _overdraw(self, key: Key, shortfall: int) -> None:
        agent, _, provider = key
        account, pledged = account_of_agent(agent), self.stakes.get(agent) or Pledge()
        trusted = self.channels[key].owner_epoch == self.agents[agent].epoch and not self.book.debt[account]
        owed = min(shortfall, self._allowance(agent, provider, pledged.amount)) if trusted else 0
        self.tell("Overdrawn", self._id(key), owed, shortfall - owed)
        if owed:
            self.stakes[agent], pledged.owed_since = pledged, self.now
            self.book.owe(account, account_of(provider), owed)

    def _pay_out(self, provider: str, paid: int) -> None:
        if paid:
            self.book.pay(self.deposits, account_of(provider), paid)

    def _flaw(self, key: Key, voucher: Voucher) -> Flaw:
        channel = self.channels.get(key) or Channel()
        if not channel.open:
            return Flaw.NOT_OPEN
        if channel.exit_end and self.now >= channel.exit_end:
            return Flaw.EXIT_OVER
        if voucher.cumulative <= channel.redeemed:
            return Flaw.STALE
        if voucher.cumulative > MAX_CUMULATIVE:
            return Flaw.EXCESSIVE
        signed = voucher.genuine and voucher.epoch == channel.epoch
        return Flaw.NONE if signed else Flaw.WRONG_SIGNATURE

    def _id(self, key: Key) -> bytes:
        epoch = self.channels[key].epoch if key in self.channels else 0
        return channel_id(key, epoch)

    def _as_actor(self, agent: int, caller: str) -> None:
        need(self.obeys(agent, caller), "CannotAct", agent, caller)

    def _can_hold(self, agent: int, amount: int) -> None:
        self.book.solvent(account_of_agent(agent))
        self.book.afford(account_of_agent(agent), amount)

    def _own_channel(self, caller: str, agent: int, signer: str, provider: str) -> tuple[Key, Channel]:
        """A channel of the caller's agent that nobody leaves."""
        self._as_actor(agent, caller)
        key = agent, signer, provider
        channel = self._open_channel(key)
        need(not channel.exit_end, "Leaving", self._id(key), channel.exit_end)
        return key, channel

    def _open_channel(self, key: Key) -> Channel:
        channel = self.channels.get(key)
        if channel is None or not channel.open:
            raise Refused("NotOpen", self._id(key))
        return channel

    def _pledged(self, agent: int) -> Pledge:
        pledged = self.stakes.get(agent)
        if pledged is None or not pledged.amount:
            raise Refused("NothingPledged", agent)
        return pledged


def channel_id(key: Key, epoch: int) -> bytes:
    """The name of a channel in one of its epochs."""
    return keccak(keccak(encode(("uint256", "address", "address"), key)) + epoch.to_bytes(32))
