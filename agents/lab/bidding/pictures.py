"""The figures of a study as PNG pictures; Matplotlib, which draws them, is an optional extra."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agents.errors import LibraryMissing
from agents.lab.bidding.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Drawing = Callable[["Axes", Study], None]

SIZE = (7.0, 3.6)
"""Inches, at DOTS an inch."""
DOTS = 90
LEAST_LOSS = 0.01
"""Per cent; what is less is drawn here, as the axis has no zero."""


def require() -> None:
    """Raises LibraryMissing, before anything is measured, if no pictures can be drawn."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise LibraryMissing("matplotlib", "plots") from None


def draw(study: Study, folder: Path) -> list[Path]:
    """Write all pictures into the folder; returns their paths."""
    fields = dict.fromkeys(one.rivals for one in study.progress)
    drawings: dict[str, list[Drawing]] = {
        "bids": [_bids],
        "learning": [partial(_progress, field=field, regret=False) for field in fields],
        "regret": [partial(_progress, field=field, regret=True) for field in fields],
        "calibration": [_calibration],
        "self-play": [_payment, _efficiency],
        "profiles": [_standings],
    }
    return [_picture(folder / f"{name}.png", study, parts) for name, parts in drawings.items()]


def _picture(path: Path, study: Study, drawings: list[Drawing]) -> Path:
    from matplotlib.figure import Figure  # without pyplot, which would look for a screen

    figure = Figure(figsize=SIZE, layout="constrained")
    for number, drawing in enumerate(drawings):
        axes = figure.add_subplot(1, len(drawings), number + 1)
        axes.spines[["top", "right"]].set_visible(False)
        drawing(axes, study)
    figure.savefig(path, dpi=DOTS, metadata={"Software": None})
    return path


def _bids(axes: "Axes", study: Study) -> None:
    for number, curve in enumerate(study.curves):
        axes.plot(curve.costs, curve.equilibrium, color="0.75", linewidth=4)
        axes.plot(curve.costs, curve.bids, color=f"C{number}", label=f"n = {curve.bidders}")
    axes.plot([0, 1], [0, 1], color="0.4", linestyle=":", label="cost")
    axes.set(xlabel="cost / reserve", ylabel="bid / reserve", title="The prior's bids; grey: equilibrium")
    axes.legend(frameon=False)


def _progress(axes: "Axes", study: Study, field: str, *, regret: bool) -> None:
    here = [one for one in study.progress if one.rivals == field]
    for learner in dict.fromkeys(one.learner for one in here):
        own = [one for one in here if one.learner == learner]
        values = [one.regret if regret else max(one.loss * 100, LEAST_LOSS) for one in own]
        axes.plot([one.auctions for one in own], values, marker=".", label=learner)
    axes.set(xlabel="auctions seen", title=field)
    axes.set_ylabel("regret so far, in reserves" if regret else "relative loss, %")
    if not regret:
        axes.set(yscale="log", ylim=(LEAST_LOSS, 100))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    axes.legend(frameon=False, fontsize="x-small")


def _calibration(axes: "Axes", study: Study) -> None:
    table = study.reliability
    most = max((one.bids for one in table), default=1)
    axes.plot([0, 1], [0, 1], color="0.75")
    axes.plot([one.believed for one in table], [one.won for one in table], color="C0")
    axes.scatter(
        [one.believed for one in table],
        [one.won for one in table],
        s=[120 * one.bids / most for one in table],
    )
    axes.set(xlabel="believed chance of winning", ylabel="share won", title="Calibration; area: bids")


def _payment(axes: "Axes", study: Study) -> None:
    axes.axhline(0, color="0.6")
    axes.errorbar(
        [one.bidders for one in study.self_play],
        [(one.payment_ratio - 1) * 100 for one in study.self_play],
        [one.payment_interval * 100 for one in study.self_play],
        fmt="o",
        capsize=3,
    )
    axes.set(xlabel="bidders", ylabel="payment beside the equilibrium's, %", title="Payment in self-play")


def _efficiency(axes: "Axes", study: Study) -> None:
    axes.errorbar(
        [one.bidders for one in study.self_play],
        [one.efficiency * 100 for one in study.self_play],
        [one.efficiency_interval * 100 for one in study.self_play],
        fmt="o",
        capsize=3,
    )
    axes.set(xlabel="bidders", ylabel="awards to the least cost, %", title="Efficiency")


def _standings(axes: "Axes", study: Study) -> None:
    names = [one.name for one in study.standings][::-1]
    profits = [one.profit for one in study.standings][::-1]
    colours = ["0.6" if name.startswith("(") else "C0" for name in names]
    spread = [one.profit_interval for one in study.standings][::-1]
    axes.barh(names, profits, xerr=spread, color=colours, capsize=3)
    axes.set(xlabel="credits an auction", title="Profit by profile; grey: baselines")
