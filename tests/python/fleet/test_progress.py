"""Progress: a bar that leaves nothing behind, lines that are few, and silence where nothing is asked for."""

import asyncio
import io
import sys
from contextlib import nullcontext, redirect_stderr, suppress

import pytest
import structlog
from rich.console import Console
from structlog.testing import capture_logs

from agents.fleet.progress import LINE_SECONDS, Drawn, Logged, Quiet, following, for_person, telling
from agents.logs import configure


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class Told:
    """Remembers what it was told."""

    def __init__(self):
        self.done, self.stages = [], []

    def stage(self, what, total):
        self.stages.append((what, total))
        return nullcontext(self.done.append)


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), force_terminal=True, width=100)


@pytest.fixture
def as_configured():
    """Afterwards, logs go where they went before."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_bars_show_how_far_each_work_has_come(screen):
    drawn = Drawn(screen)
    with drawn.stage("enrolment", 40) as advance, drawn.stage("catching up", 7) as other:
        advance(10)
        other(7)
        drawn._bars.refresh()
        shown = screen.file.getvalue()
        assert "enrolment" in shown
        assert "10/40" in shown
        assert "7/7" in shown
    assert drawn._bars is None, "the terminal is as it was"


def test_a_line_that_is_logged_meanwhile_stands_above_the_bar(screen, as_configured):
    with redirect_stderr(screen.file):
        configure("INFO")
        with Drawn(screen).stage("enrolment", 40) as advance:
            advance(1)
            structlog.get_logger().info("agent.enrolled")
            assert sys.stderr is not screen.file, "what is written goes through the console"
        assert sys.stderr is screen.file
    assert "agent.enrolled" in screen.file.getvalue()


def test_nothing_is_said_where_nobody_asks(capfd):
    with Quiet().stage("enrolment", 40) as advance:
        advance(1)
    assert capfd.readouterr() == ("", "")


def test_a_log_gets_a_line_now_and_then_and_none_for_what_is_short():
    clock = Clock()
    with capture_logs() as logs:
        with Logged(clock).stage("replay", 100) as advance:
            for done in range(100):
                clock.now += LINE_SECONDS / 40
                advance(done)
        with Logged(clock).stage("catching up", 2) as advance:
            advance(2)
    assert [(line["event"], line["work"], line["done"]) for line in logs] == [
        ("progress", "replay", 39),
        ("progress", "replay", 79),
        ("progress.done", "replay", 99),
    ]


async def test_following_looks_while_it_lasts_and_once_more_at_the_end():
    told, done = Told(), 0
    async with following(told, "enrolment", 5, lambda: done):
        await asyncio.sleep(0)
        done = 5
    assert told.stages == [("enrolment", 5)]
    assert told.done == [0, 5]


async def test_where_nothing_is_to_do_nothing_is_shown():
    told = Told()
    async with following(told, "catching up", 0, lambda: 0):
        pass
    assert told.stages == []


def test_what_tells_of_itself_is_shown_from_its_first_word_until_it_is_done():
    told = Told()
    with telling(told, "replaying") as tell:
        assert told.stages == []
        for done in (3, 5):
            tell(done, 5)
        tell(1, 4)
    assert told.stages == [("replaying", 5), ("replaying", 4)]
    assert told.done == [3, 5, 1]


def test_what_fails_leaves_no_bar(screen):
    drawn = Drawn(screen)
    with suppress(ZeroDivisionError), telling(drawn, "replaying") as tell:
        tell(1, 2)
        assert drawn._bars is not None
        raise ZeroDivisionError
    assert drawn._bars is None


async def test_a_failure_gets_through(screen):
    with pytest.raises(ZeroDivisionError):
        async with following(Drawn(screen), "enrolment", 5, lambda: 1):
            raise ZeroDivisionError


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_only_a_person_at_a_terminal_gets_bars():
    assert isinstance(for_person(Terminal(), as_json=False), Drawn)
    assert isinstance(for_person(Terminal(), as_json=True), Logged)
    assert isinstance(for_person(io.StringIO(), as_json=False), Logged)
