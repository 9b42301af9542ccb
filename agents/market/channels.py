"""What lies in the usage meter as events tell it: channels, pledges, credit lines, and what thinking has cost."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import agent_registry, market_parameters, usage_meter
from agents.market.domain import account_of, account_of_agent

_NOBODY = "0x" + "00" * 20

Parties = tuple[int, str, str]
"""Agent id, signer and provider."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A payment channel; amounts in units."""

    id: bytes
    agent_id: int
    signer: str
    provider: str
    epoch: int
    """How many channels of these three parties were closed before."""
    owner_epoch: int
    """The agent's ownership epoch when it was opened."""
    deposit: int
    """What is left of what was paid in."""
    redeemed: int = 0
    """The highest sum that was redeemed."""
    root: bytes = bytes(32)
    """The root of the receipts that make up that sum."""
    exit_end: int = 0
    """When the challenge window is over; 0 while nobody has asked to leave."""
    open: bool = True

    @property
    def parties(self) -> Parties:
        """Whose it is."""
        return self.agent_id, self.signer, self.provider

    @property
    def covered(self) -> int:
        """Units that were ever paid in: what the deposits cover of all that the channel costs."""
        return self.deposit + self.redeemed


class Channels:
    """All of it after the events applied so far; amounts in units."""

    def __init__(self) -> None:
        self.overdraft_limit = 0
        """The most that any agent may come to owe by one voucher."""
        self.pledges: defaultdict[int, int] = defaultdict(int)
        """By agent."""
        self.deposits = 0
        """What is left in all channels, locked in the usage meter's own account."""
        self._newest: dict[Parties, Channel] = {}
        """The channel of these parties that is open, or was the last."""
        self._parties: dict[bytes, Parties] = {}
        """Of the open channels, by id."""
        self._left: dict[bytes, Channel] = {}
        """By id, those that were closed because their agents wanted it, as they were then."""
        self._noticed: set[int] = set()
        """The agents that have given notice of taking their pledge back."""
        self._lines: dict[tuple[str, int], tuple[int, int]] = {}
        """By provider and agent: the amount, and the ownership epoch for which it holds."""
        self._epochs: defaultdict[int, int] = defaultdict(int)
        self._spent: defaultdict[int, int] = defaultdict(int)
        self._deposits_of: defaultdict[int, int] = defaultdict(int)

    def __eq__(self, other: object) -> bool:
        """Whether both have seen the same."""
        return isinstance(other, Channels) and vars(self) == vars(other)

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def __iter__(self) -> Iterator[Channel]:
        """The open channels."""
        return (self._newest[parties] for parties in self._parties.values())

    def channel(self, agent_id: int, signer: str, provider: str) -> Channel | None:
        """The channel of these three that is open, or else the last that was; None if there never was one."""
        return self._newest.get((agent_id, signer, provider))

    def with_id(self, channel_id: bytes) -> Channel | None:
        """The open channel with this id."""
        parties = self._parties.get(channel_id)
        return None if parties is None else self._newest[parties]

    def left(self, channel_id: bytes) -> Channel | None:
        """The channel with this id as it was when it was closed, if its agent had asked to leave: the provider that
        closes it before gives up what it has not redeemed."""
        return self._left.get(channel_id)

    def is_former(self, channel: Channel) -> bool:
        """Whether a former owner of the agent opened it."""
        return channel.owner_epoch != self._epochs.get(channel.agent_id, 0)

    def allowance(self, agent_id: int, provider: str, *, trusts_pledges: bool = True) -> int:
        """The most that the agent may come to owe the provider if it owes nobody. A pledge under notice does not count,
        nor does any for a provider that trusts none, since another may have been promised the same."""
        counts = trusts_pledges and agent_id not in self._noticed
        pledged = self.pledges.get(agent_id, 0) if counts else 0
        return min(self.overdraft_limit, pledged + self.credit_line(provider, agent_id))

    def credit_line(self, provider: str, agent_id: int) -> int:
        """What the provider lets the agent, as it is owned now, owe without a pledge."""
        amount, epoch = self._lines.get((provider, agent_id), (0, 0))
        return amount if epoch == self._epochs.get(agent_id, 0) else 0

    def owed(self, meter: str) -> dict[int, int]:
        """By account, what is locked for all this; ``meter`` is the usage meter's address."""
        owed = {account_of_agent(agent_id): amount for agent_id, amount in self.pledges.items()}
        return owed | {account_of(meter): self.deposits}

    def spent(self, agent_id: int) -> int:
        """What was redeemed of the agent's vouchers so far, less what providers lost by it."""
        return self._spent.get(agent_id, 0)

    def deposits_of(self, agent_id: int) -> int:
        """What is left in all of the agent's channels."""
        return self._deposits_of.get(agent_id, 0)

    # Channels

    def _opened(self, event: usage_meter.ChannelOpened) -> None:
        channel = Channel(
            event.channel_id,
            event.agent_id,
            event.signer,
            event.provider,
            event.epoch,
            event.owner_epoch,
            event.amount,
        )
        self._parties[channel.id] = channel.parties
        self._newest[channel.parties] = channel
        self._move(channel, event.amount)

    def _topped_up(self, event: usage_meter.ToppedUp) -> None:
        channel = self._open(event.channel_id)
        self._put(replace(channel, deposit=channel.deposit + event.amount))
        self._move(channel, event.amount)

    def _exit_started(self, event: usage_meter.ExitStarted) -> None:
        self._put(replace(self._open(event.channel_id), exit_end=event.exit_end))

    def _redeemed(self, event: usage_meter.Redeemed) -> None:
        channel = self._open(event.channel_id)
        due = event.cumulative - channel.redeemed
        paid = min(channel.deposit, due)
        self._put(
            replace(
                channel,
                deposit=channel.deposit - paid,
                redeemed=event.cumulative,
                root=event.receipts_root,
            )
        )
        self._move(channel, -paid)
        self._spent[channel.agent_id] += due

    def _overdrawn(self, event: usage_meter.Overdrawn) -> None:
        self._spent[self._open(event.channel_id).agent_id] -= event.lost

    def _closed(self, event: usage_meter.ChannelClosed) -> None:
        channel = self._open(event.channel_id)
        closed = replace(channel, deposit=0, open=False)
        self._put(closed)
        if channel.exit_end:
            self._left[channel.id] = closed
        self._move(channel, -event.rest)
        del self._parties[channel.id]

    def _open(self, channel_id: bytes) -> Channel:
        return self._newest[self._parties[channel_id]]

    def _put(self, channel: Channel) -> None:
        self._newest[channel.parties] = channel

    def _move(self, channel: Channel, amount: int) -> None:
        self.deposits += amount
        self._deposits_of[channel.agent_id] += amount

    # What secures debts

    def _pledged(self, event: usage_meter.Pledged) -> None:
        self.pledges[event.agent_id] += event.amount
        self._noticed.discard(event.agent_id)

    def _unpledge_started(self, event: usage_meter.UnpledgeStarted) -> None:
        self._noticed.add(event.agent_id)

    def _pledge_taken(self, event: usage_meter.Unpledged | usage_meter.PledgeSeized) -> None:
        self.pledges[event.agent_id] -= event.amount
        if isinstance(event, usage_meter.Unpledged):
            self._noticed.discard(event.agent_id)

    def _line_set(self, event: usage_meter.CreditLineSet) -> None:
        self._lines[event.provider, event.agent_id] = (event.amount, event.owner_epoch)

    def _agent_transferred(self, event: agent_registry.Transfer) -> None:
        if event.from_ != _NOBODY:
            self._epochs[event.token_id] += 1

    def _parameters_set(self, event: market_parameters.ParametersSet) -> None:
        self.overdraft_limit = event.parameters.overdraft_limit


_HANDLERS: dict[type[Event], Callable[[Channels, Any], None]] = {
    usage_meter.ChannelOpened: Channels._opened,
    usage_meter.ToppedUp: Channels._topped_up,
    usage_meter.ExitStarted: Channels._exit_started,
    usage_meter.Redeemed: Channels._redeemed,
    usage_meter.Overdrawn: Channels._overdrawn,
    usage_meter.ChannelClosed: Channels._closed,
    usage_meter.Pledged: Channels._pledged,
    usage_meter.UnpledgeStarted: Channels._unpledge_started,
    usage_meter.Unpledged: Channels._pledge_taken,
    usage_meter.PledgeSeized: Channels._pledge_taken,
    usage_meter.CreditLineSet: Channels._line_set,
    agent_registry.Transfer: Channels._agent_transferred,
    market_parameters.ParametersSet: Channels._parameters_set,
}
