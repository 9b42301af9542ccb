"""What is locked beside tasks and their bids, as events tell it: entries of races, channels, pledges and seats."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agents.chain.abi import Event
from agents.chain.bindings import evaluator_pool, race_board, task_manager, usage_meter
from agents.market.domain import account_of, account_of_agent


@dataclass(slots=True)
class _Channel:
    """What is left of a deposit, and what was redeemed so far; in units."""

    deposit: int
    redeemed: int = 0


@dataclass(slots=True)
class Stakes:
    """All of it after the events applied so far; amounts in units."""

    entries: dict[tuple[int, int], int] = field(default_factory=dict)
    """By task and agent: the bond, and the panel's fee, of an entry that has not ended."""
    pledges: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    """By agent."""
    seats: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By holder: what is left of the stakes of all its seats."""
    _channels: dict[bytes, _Channel] = field(default_factory=dict)
    _races: dict[int, int] = field(default_factory=dict)
    """By task: what each entry locks."""
    _passing: dict[int, int] = field(default_factory=dict)
    """By task: the least score that is paid."""

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    @property
    def deposits(self) -> int:
        """What is left in all channels, locked in the usage meter's own account."""
        return sum(channel.deposit for channel in self._channels.values())

    def owed(self, meter: str) -> dict[int, int]:
        """By account, what is locked for all this; ``meter`` is the usage meter's address."""
        owed: defaultdict[int, int] = defaultdict(int, {account_of(meter): self.deposits})
        for (_, agent_id), amount in self.entries.items():
            owed[account_of_agent(agent_id)] += amount
        for agent_id, amount in self.pledges.items():
            owed[account_of_agent(agent_id)] += amount
        for holder, amount in self.seats.items():
            owed[account_of(holder)] += amount
        return owed

    # Races

    def _task_created(self, event: task_manager.TaskCreated) -> None:
        self._passing[event.task_id] = event.params.passing_score

    def _race_opened(self, event: race_board.RaceOpened) -> None:
        self._races[event.task_id] = event.bond + event.fee

    def _entry_committed(self, event: race_board.EntryCommitted) -> None:
        self.entries[event.task_id, event.agent_id] = self._races[event.task_id]

    def _entry_judged(self, event: race_board.EntryJudged) -> None:
        if event.score < self._passing[event.task_id]:
            del self.entries[event.task_id, event.agent_id]

    def _entry_ended(
        self, event: race_board.EntryForfeited | race_board.EntryWithdrawn | race_board.RaceWon
    ) -> None:
        del self.entries[event.task_id, event.agent_id]

    # The usage meter

    def _channel_opened(self, event: usage_meter.ChannelOpened) -> None:
        self._channels[event.channel_id] = _Channel(event.amount)

    def _topped_up(self, event: usage_meter.ToppedUp) -> None:
        self._channels[event.channel_id].deposit += event.amount

    def _redeemed(self, event: usage_meter.Redeemed) -> None:
        channel = self._channels[event.channel_id]
        channel.deposit -= min(channel.deposit, event.cumulative - channel.redeemed)
        channel.redeemed = event.cumulative

    def _channel_closed(self, event: usage_meter.ChannelClosed) -> None:
        del self._channels[event.channel_id]

    def _pledged(self, event: usage_meter.Pledged) -> None:
        self.pledges[event.agent_id] += event.amount

    def _pledge_taken(self, event: usage_meter.Unpledged | usage_meter.PledgeSeized) -> None:
        self.pledges[event.agent_id] -= event.amount

    # The evaluator pool

    def _seat_taken(self, event: evaluator_pool.SeatTaken) -> None:
        self.seats[event.holder] += event.stake

    def _seat_left(self, event: evaluator_pool.SeatLeft) -> None:
        self.seats[event.holder] -= event.stake

    def _evaluator_slashed(self, event: evaluator_pool.EvaluatorSlashed) -> None:
        self.seats[event.holder] -= event.amount


_HANDLERS: dict[type[Event], Callable[[Stakes, Any], None]] = {
    task_manager.TaskCreated: Stakes._task_created,
    race_board.RaceOpened: Stakes._race_opened,
    race_board.EntryCommitted: Stakes._entry_committed,
    race_board.EntryJudged: Stakes._entry_judged,
    race_board.EntryForfeited: Stakes._entry_ended,
    race_board.EntryWithdrawn: Stakes._entry_ended,
    race_board.RaceWon: Stakes._entry_ended,
    usage_meter.ChannelOpened: Stakes._channel_opened,
    usage_meter.ToppedUp: Stakes._topped_up,
    usage_meter.Redeemed: Stakes._redeemed,
    usage_meter.ChannelClosed: Stakes._channel_closed,
    usage_meter.Pledged: Stakes._pledged,
    usage_meter.Unpledged: Stakes._pledge_taken,
    usage_meter.PledgeSeized: Stakes._pledge_taken,
    evaluator_pool.SeatTaken: Stakes._seat_taken,
    evaluator_pool.SeatLeft: Stakes._seat_left,
    evaluator_pool.EvaluatorSlashed: Stakes._evaluator_slashed,
}
