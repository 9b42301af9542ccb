"""What a stream is told of the past: with a filter it is found by an index, and it is the same as without."""

import json
import random

import pytest
from chain_in import Chain
from sqlalchemy import event
from standing_in import context_in

from agents.explorer.api.records import EVERYTHING, Position, Wish, newest, read

NAMES = ("TaskDisputed", "TaskAwarded", "TaskSettled", "")
WISHES = (
    Wish(task=5),
    Wish(agent=3),
    Wish(task=5, agent=3),
    Wish(agent=3, name="TaskAwarded"),
    Wish(name="TaskSettled"),
    Wish(contract="TaskManager"),
    Wish(contract="TaskManager", name="TaskDisputed", task=5),
    Wish(contract="Ledger"),
)


@pytest.fixture
def chain(tmp_path):
    context = context_in(tmp_path)
    yield Chain.begin(context.engine)
    context.engine.dispose()


def drawn(draw, blocks):
    """Blocks with a few events each, some of them about task 5 or agent 3."""
    return [
        [
            (
                draw.choice(NAMES),
                draw.sample((5, 6), draw.randrange(3)),
                draw.sample((3, 4), draw.randrange(3)),
            )
            for _ in range(draw.randrange(4))
        ]
        for _ in range(blocks)
    ]


def told(chain, after, most, wish):
    """What is told after a place, piece by piece: the market's events, the ends of blocks, and the last place."""
    texts = []
    with chain.engine.connect() as connection:
        while True:
            stretch = read(connection, after, most, wish)
            texts += [one for one in stretch.text(wish, after).decode().split("\n\n") if one]
            if stretch.end == after:
                return texts, after
            after = stretch.end


def kinds(texts, kind):
    return [one for one in texts if f"event: {kind}\n" in one]


@pytest.mark.parametrize("seed", range(2))
def test_filtered_past_is_the_same_as_the_whole_one(chain, seed):
    draw = random.Random(seed)
    chain.grow(*drawn(draw, 30))
    places = [Position(0, 0), Position(0, draw.randrange(31 << 20)), Position(0, (1 << 63) - 1)]
    chain.reorg(draw.randrange(20, 30), *drawn(draw, 6))
    places += [Position(1, draw.randrange(chain.head << 20)), Position(7, 7)]
    for after in places:
        whole, end = told(chain, after, 500, EVERYTHING)
        for wish in WISHES:
            for most in (2, 500):
                part, last = told(chain, after, most, wish)
                assert last == end
                events = [one for one in kinds(whole, "market") if wished(one, wish)]
                assert kinds(part, "market") == events
                assert kinds(part, "reorg") == kinds(whole, "reorg")
                ends = kinds(part, "block")
                assert set(ends) <= set(kinds(whole, "block"))
                assert ends[-1:] == kinds(whole, "block")[-1:], "the place to resume at is the newest block"
                assert {block_of(one) for one in events} <= {block_of(one) for one in ends}
                assert part == sorted(part, key=whole.index), "in the order of the whole"


def data_of(text):
    return json.loads(text.partition("data: ")[2])


def block_of(text):
    data = data_of(text)
    return data.get("block", data.get("number"))


def wished(text, wish):
    data = data_of(text)
    return (
        wish.task in (None, *data["tasks"])
        and wish.agent in (None, *data["agents"])
        and wish.contract in (None, data["contract"])
        and wish.name in (None, data["name"])
    )


def test_past_that_is_not_wished_for_is_not_read(chain):
    """Neither do its events become records, nor does the database look through them."""
    chain.grow(*([("TaskAwarded", [6], [4])] for _ in range(300)), [("TaskAwarded", [5], [3])])
    said = []
    with chain.engine.connect() as connection:

        def hear(_, __, statement, values, *___):
            said.append((statement, values))

        event.listen(connection, "before_cursor_execute", hear)
        stretch = read(connection, Position(0, 0), 500, Wish(task=5))
        event.remove(connection, "before_cursor_execute", hear)
        assert stretch.end == newest(connection)
        assert [(one.name, one.is_block) for one in stretch.records] == [("TaskAwarded", False), ("", True)]
        driver = connection.connection.driver_connection
        for statement, values in said:
            steps = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            scans = [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step]
            assert scans in ([], ["SCAN cursor"]), (statement, steps)
            assert "USE TEMP B-TREE FOR ORDER BY" not in steps, (statement, steps)
