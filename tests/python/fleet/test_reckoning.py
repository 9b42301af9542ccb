"""When a run can be held against its forecast: all of it was begun, and ended, by this one process."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from test_forecast import plan
from test_standings import TASK

from agents.chain.store import Store
from agents.errors import SettingOutOfRange
from agents.fleet.caps import Caps, Limits
from agents.fleet.forecast import COUNTED
from agents.fleet.history import History
from agents.fleet.reckoning import SETTLED, conclude, reckon
from agents.fleet.surroundings import WORLD
from agents.fleet.tally import Tally
from agents.llm.protocol import Usage
from agents.market.view import MarketView


class Desk(SimpleNamespace):
    """As much of a session as is looked at."""

    @classmethod
    def open(cls, store, home, **limits):
        tally = Tally(store)
        caps = Caps(Limits(**limits))
        caps.join(tally)
        return cls(
            caps=caps,
            offices={"fleet": SimpleNamespace(tally=tally, store=store)},
            gateway=SimpleNamespace(model="scripted"),
            surroundings=WORLD,
            feed=SimpleNamespace(view=MarketView()),
            settings=SimpleNamespace(home=home),
            deployment=SimpleNamespace(key="31337-ab"),
        )


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "fleet.db")
    yield store
    store.close()


@pytest.fixture
def desk(store, tmp_path):
    return Desk.open(store, tmp_path / "home")


def batch(first=1):
    return [replace(TASK, id=number) for number in range(first, first + 12)]


def test_a_whole_run_corrects_the_next_forecast(desk):
    found = reckon(desk, plan())
    assert found.forecast is found.by_itself
    desk.offices["fleet"].tally.count("Research", "work", Usage(1000, 100), 7)
    run = conclude(desk, found, batch(), SETTLED)
    assert run.reckoned == {name: found.by_itself.figures[name].expected for name in COUNTED}
    assert (run.figures["calls"], run.figures["prompt"], run.figures["credits"]) == (1, 1000, 7)
    again = reckon(desk, plan())
    assert again.forecast.past == 1
    assert again.forecast.figures["calls"].expected == pytest.approx(1)
    assert again.by_itself.figures == found.by_itself.figures


def test_a_run_that_was_cut_short_or_taken_up_half_way_is_only_remembered(desk, store, tmp_path):
    desk.feed.view.tasks[5] = replace(TASK, id=5)
    found = reckon(desk, plan())
    resumed = Desk.open(store, tmp_path / "home")
    assert resumed.offices["fleet"].tally.resumed
    runs = [
        conclude(desk, found, batch(6), "stopped"),
        conclude(desk, found, batch(5), SETTLED),
        conclude(desk, found, batch(6)[:-1], SETTLED),
        conclude(desk, reckon(desk, plan(drafts=[])), [], SETTLED),
        conclude(resumed, found, batch(6), SETTLED),
    ]
    assert [run.reckoned for run in runs] == [None] * 5
    assert History(tmp_path / "home").runs() == runs
    assert reckon(desk, plan()).forecast.past == 0


def test_a_cap_that_the_coming_alone_exceeds_is_refused_before_anything_is_sent(store, tmp_path):
    least = 4 * 5 + 2 + 3 + 2 * 12
    with pytest.raises(SettingOutOfRange, match=f"at least {least}"):
        reckon(Desk.open(store, tmp_path, transactions=least - 1), plan())
    reckon(Desk.open(store, tmp_path, transactions=least), plan())
