"""The market as a table that a person watches, and the leaderboard at the end."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from agents.fleet.standings import Standing
from agents.market.domain import AwardMode, Task, TaskState, account_of_agent
from agents.market.view import MarketView
from agents.money import format_credits

_COLOURS: Mapping[TaskState, str] = {
    TaskState.OPEN: "cyan",
    TaskState.AWARDED: "yellow",
    TaskState.SUBMITTED: "magenta",
    TaskState.REJECTED: "red",
    TaskState.SETTLED: "green",
    TaskState.REFUNDED: "red",
    TaskState.CANCELLED: "dim",
    TaskState.EXPIRED: "dim",
}
_MODES: Mapping[AwardMode, str] = {
    AwardMode.SEALED_SECOND_PRICE: "2nd",
    AwardMode.SEALED_FIRST_PRICE: "1st",
}


def phase(task: Task, now: int) -> str:
    """Where the task stands, in one word."""
    if task.state is TaskState.OPEN:
        return "bidding" if now < task.bidding_end else "reveal" if now < task.reveal_end else "closing"
    if task.state is TaskState.AWARDED:
        return "working"
    if task.state is TaskState.SETTLED:
        return "paid (silence)" if task.silent else "paid"
    if task.state is TaskState.REFUNDED:
        return "defaulted" if task.defaulted else "failed"
    return task.state.name.lower()


def market_table(
    view: MarketView,
    tasks: Sequence[Task],
    titles: Mapping[bytes, str],
    names: Mapping[int, str],
    *,
    now: int,
    wide: bool,
) -> Table:
    """One row a task; ``titles`` by specification digest, ``names`` by agent id. ``wide`` needs 100 columns."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("#", justify="right")
    table.add_column("task", no_wrap=True, max_width=26 if wide else 18)
    table.add_column("skill", no_wrap=True, max_width=15 if wide else 10)
    table.add_column("phase", no_wrap=True)
    terms = [("mode", 4), ("reserve", 7)] if wide else []
    for column, width in [("bids", 8), *terms, ("price", 6), ("score", 5)]:
        table.add_column(column, justify="right", no_wrap=True, min_width=width)
    table.add_column("winner", no_wrap=True, max_width=16 if wide else 11)
    for task in tasks:
        table.add_row(*_cells(view, task, titles, names, now, wide))
    return table


def _cells(
    view: MarketView, task: Task, titles: Mapping[bytes, str], names: Mapping[int, str], now: int, wide: bool
) -> list[str | Text]:
    revealed = len(view.bids.get(task.id, ()))
    sealed = sum(task_id == task.id for task_id, _ in view.commitments)
    terms: list[str | Text] = [_MODES[task.mode], format_credits(task.reserve)] if wide else []
    return [
        str(task.id),
        Text(titles.get(task.specification, task.specification.hex()[:12])),
        Text(task.skill),
        Text(phase(task, now), style=_COLOURS[task.state]),
        f"{sealed} sealed" if sealed else str(revealed),
        *terms,
        format_credits(task.price) if task.agent_id else "",
        "" if task.score is None else str(task.score),
        Text(names.get(task.agent_id, "")),
    ]


def balances_line(view: MarketView, names: Mapping[int, str]) -> Text:
    """What each agent holds, how much of it is locked, and what is paid in for thinking."""
    parts = []
    for agent_id, name in names.items():
        balance, paid_in = view.balance(account_of_agent(agent_id)), view.channels.deposits_of(agent_id)
        held = [(balance.locked, "locked"), (paid_in, "to think with")]
        told = ", ".join(f"{format_credits(units)} {what}" for units, what in held if units)
        parts.append(f"{name} {format_credits(balance.total + paid_in)}{f' ({told})' if told else ''}")
    return Text("credits: " + " · ".join(parts), style="dim")


def market_screen(
    view: MarketView,
    tasks: Sequence[Task],
    titles: Mapping[bytes, str],
    names: Mapping[int, str],
    *,
    block: int,
    now: int,
    model: str,
    wide: bool,
) -> Group:
    """The whole live screen."""
    return Group(
        Text(f"block {block} · {len(view.open)} open tasks · model {model}", style="bold"),
        market_table(view, tasks, titles, names, now=now, wide=wide),
        balances_line(view, names),
    )


def leaderboard(standings: Sequence[Standing]) -> Table:
    """Who earned what, best first."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    table.title = "leaderboard, in credits (a task: reward less thinking)"
    table.title_justify = "left"
    table.add_column("agent", no_wrap=True)
    for column in ("won", "paid", "earned", "thought", "a task", "lost", "profit", "holds", "rep."):
        table.add_column(column, justify="right", no_wrap=True)
    for line in standings:
        table.add_row(
            line.name,
            str(line.won),
            str(line.settled),
            format_credits(line.earned),
            format_credits(line.thinking),
            "" if line.profit_a_task is None else format_credits(line.profit_a_task),
            format_credits(line.lost),
            format_credits(line.profit),
            format_credits(line.balance),
            "none" if line.reputation is None else f"{line.reputation:.2f}",
        )
    return table
