"""The figures of a study as tables, for a terminal and for a document."""

from dataclasses import dataclass
from pathlib import Path

import rich.table

from agents.errors import TableMissing
from agents.lab.bidding.study import Study


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows; the first column is what a row is about."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]

    def for_terminal(self) -> rich.table.Table:
        """As Rich draws it."""
        drawn = rich.table.Table(title=self.title, title_justify="left")
        for number, column in enumerate(self.columns):
            drawn.add_column(column, justify="right" if number else "left")
        for row in self.rows:
            drawn.add_row(*row)
        return drawn

    def as_markdown(self) -> str:
        """As lines of a document."""
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables_of(study: Study) -> list[Table]:
    """All tables, in the order in which they are read."""
    return [_comparisons(study), *_progress(study), _self_play(study), _reliability(study), _standings(study)]


def write_into(document: Path, tables: list[Table]) -> None:
    """Put each table between its two marks, ``<!-- table: name -->`` and ``<!-- end -->``.

    Raises TableMissing if the document has no place for one of them.
    """
    text = document.read_text(encoding="utf-8")
    for table in tables:
        before, mark, rest = text.partition(f"<!-- table: {table.name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not end:
            raise TableMissing(document, table.name)
        text = f"{before}{mark}\n{table.as_markdown()}\n\n{end}{after}"
    document.write_text(text, encoding="utf-8")


def _comparisons(study: Study) -> Table:
    columns = ["auction", "utility loss", "floor", "L2", "payment", "theory", "efficiency"]
    rows = [
        [
            one.game,
            f"{one.loss:.3%}",
            f"{one.floor:.3%}",
            f"{one.l2:.4f}",
            f"{one.payment:.4f}",
            f"{one.expected_payment:.4f}",
            f"{one.efficiency:.1%}",
        ]
        for one in study.comparisons
    ]
    return Table("prior", "The prior against the equilibrium", columns, rows)


def _progress(study: Study) -> list[Table]:
    found = []
    for field in dict.fromkeys(one.rivals for one in study.progress):
        here = [one for one in study.progress if one.rivals == field]
        counts = list(dict.fromkeys(one.auctions for one in here))
        rows = []
        for learner in dict.fromkeys(one.learner for one in here):
            own = [one for one in here if one.learner == learner]
            rows.append([learner, *(f"{one.loss:.2%}" for one in own), f"{own[-1].regret:.2f}"])
        columns = ["loss after auctions", *map(str, counts), "regret"]
        found.append(Table(field.replace(" ", "-"), f"Learning among {field}", columns, rows))
    return found


def _self_play(study: Study) -> Table:
    rows = [
        [
            str(one.bidders),
            f"{one.payment:.4f}",
            f"{one.benchmark:.4f}",
            f"{one.payment_ratio - 1:+.1%} ± {one.payment_interval:.1%}",
            f"{one.efficiency:.1%} ± {one.efficiency_interval:.1%}",
        ]
        for one in study.self_play
    ]
    columns = ["bidders", "payment", "2/(n+1)", "beside equilibrium", "efficiency"]
    return Table("self-play", "Learned bidders among themselves", columns, rows)


def _reliability(study: Study) -> Table:
    rows = [[f"{one.believed:.1%}", f"{one.won:.1%}", f"{one.bids:,}"] for one in study.reliability]
    title = f"Calibration: Brier score {study.brier:.4f}, mean error {study.calibration_error:.1%}"
    return Table("calibration", title, ["believed to win", "won", "bids"], rows)


def _standings(study: Study) -> Table:
    rows = [
        [one.name, f"{one.profit:.3f} ± {one.profit_interval:.3f}", f"{one.bids:.0%}", f"{one.wins:.1%}"]
        for one in study.standings
    ]
    title = f"One market of all: efficiency {study.market_efficiency:.1%}"
    return Table("profiles", title, ["bidder", "credits an auction", "bid in", "won"], rows)
