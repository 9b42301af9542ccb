"""Server-sent events over real sockets: nothing is lost or doubled, whoever hangs up, lags or comes back."""

import asyncio
import contextlib
import json
import random
import time

import httpx
import pytest
from chain_in import Chain
from standing_in import UP, context_in, inside, serving

from agents.explorer.api.policy import Policy
from agents.explorer.api.records import Position, Wish
from agents.explorer.api.standing import Standing

SECONDS = 20


@pytest.fixture
async def context(tmp_path):
    context = context_in(tmp_path)
    Chain.begin(context.engine)
    async with context.broadcast:
        yield context


@pytest.fixture
def chain(context):
    return Chain(context.engine)


@contextlib.asynccontextmanager
async def stream(client, *, after=None, **filters):
    """The events as they come, parsed as a browser does."""
    headers = {} if after is None else {"last-event-id": after}
    async with client.stream("GET", "/events", params=filters, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield parsed(answer)


async def parsed(answer):
    event, last = {}, None
    async for line in answer.aiter_lines():
        if line == "":
            if "data" in event:
                yield event | {"id": last, "data": json.loads(event["data"])}
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
            last = value if name == "id" else last


async def until(events, names):
    """The events up to the one of the last of these names; those of the state left out."""
    found = []
    async with asyncio.timeout(SECONDS):
        async for event in events:
            if event["event"] != "status":
                found.append(event)
            if event["event"] == "market" and event["data"]["name"] == names[-1]:
                return found
    raise AssertionError("the stream has ended")


def market(events):
    return [(one["data"]["seq"], one["data"]["name"]) for one in events if one["event"] == "market"]


async def test_what_is_new_is_told_as_it_comes(context, chain):
    chain.grow(["Old"])
    async with serving(context) as client, stream(client) as events:
        first = await anext(events)
        assert first["event"] == "status"
        assert first["data"] == {
            "head": 7,
            "chain_head": 7,
            "behind": 0,
            "node": "up",
            "node_since": 1,
            "database": "up",
            "epoch": 0,
        }
        chain.grow([("A", [5], [3]), "B"], ["C"])
        context.broadcast.wake()
        found = await until(events, ["C"])
        block = await anext(events)
    assert market(found) == chain.told((2 << 20) - 1)
    told = found[0]["data"]
    assert (told["tasks"], told["agents"], told["block"], told["time"]) == ([5], [3], 2, 1_700_000_002)
    assert told["arguments"] == {"text": "a\nb\r\n\nid: 9-9\n\u2028"}, "text of agents stays data"
    assert [one["event"] for one in found] == ["market", "market", "block", "market"]
    assert (block["event"], block["data"]["number"], block["id"]) == ("block", 3, f"{(4 << 20) - 1}-0")


async def test_broken_stream_goes_on_exactly(context, chain):
    names = [f"E{number}" for number in range(1200)]
    chain.grow(*([name] for name in names))
    async with serving(context) as client:
        seen, last = [], "0-0"
        for stop in (300, 700, 1200):
            async with stream(client, after=last) as events:
                found = await until(events, names[:stop])
            seen, last = seen + market(found), found[-1]["id"]
        assert seen == chain.told()
        async with stream(client, after=last) as events:
            chain.grow(["New"])
            assert market(await until(events, ["New"])) == chain.told(seen[-1][0])


async def test_filters_are_those_that_were_asked_for(context, chain):
    made, given, ruled, end = "TaskDisputed", "TaskAwarded", "TaskRuled", "TaskSettled"
    chain.grow([(made, [5], [3]), (given, [6], [3]), (ruled, [], [4]), (end, [5, 6], [3, 4])])
    wanted = {
        (("task", 5),): [made, end],
        (("agent", 3),): [made, given, end],
        (("agent", 4), ("name", end)): [end],
        (("contract", "TaskManager"),): [made, given, ruled, end],
    }
    async with serving(context) as client:
        for filters, names in wanted.items():
            async with stream(client, after="0-0", **dict(filters)) as events:
                assert [name for _, name in market(await until(events, [end]))] == names
        async with stream(client, contract="Ledger") as events:
            await anext(events)
            chain.grow(["F"])
            event = await anext(events)
            assert event["event"] == "block", "the place to resume at moves on"
            assert event["id"] == f"{(3 << 20) - 1}-0"


async def test_reorg_is_told_with_the_least_ancestor(context, chain):
    chain.grow(["A"], ["B"], ["C"], ["D"])
    async with serving(context) as client:
        async with stream(client, after="0-0") as events:
            before = await until(events, ["D"])
            chain.reorg(2, ["C2"], ["D2"])
            found = await until(events, ["D2"])
        assert found[0]["event"] == "block", "the end of the block that D was in"
        reorg = found[1]
        assert (reorg["event"], reorg["data"]) == ("reorg", {"ancestor": 2, "epoch": 1})
        assert market(found) == chain.told((3 << 20) - 1)
        # Who was away for two reorgs hears of the deeper one.
        chain.reorg(1, ["B3"], ["C3"], ["D3"])
        chain.reorg(3, ["D4"])
        async with stream(client, after=found[-1]["id"]) as events:
            again = await until(events, ["D4"])
        assert again[0]["data"] == {"ancestor": 1, "epoch": 3}
        assert market(again) == chain.told((2 << 20) - 1)
        # Who has seen nothing of what was undone goes on from where it was.
        async with stream(client, after=before[0]["id"]) as events:
            assert market(await until(events, ["D4"])) == chain.told(before[0]["data"]["seq"])


async def test_place_of_another_index_begins_anew(context, chain):
    chain.grow(["A"], ["B"])
    async with serving(context) as client, stream(client, after=f"{9 << 20}-7") as events:
        found = await until(events, ["B"])
    assert found[0]["data"] == {"ancestor": 0, "epoch": 0}
    assert market(found) == chain.told()


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_or_doubled_by_chance(context, chain, seed):
    """Clients come, hang up and come back at any moment, while the chain grows and is taken back."""
    draw = random.Random(seed)
    ended = asyncio.Event()

    async def client_of(client, started):
        known, last = {}, "0-0"
        while "End" not in known.values():
            patience = draw.uniform(0.01, 0.3)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if ended.is_set() else patience):
                    async with stream(client, after=last) as events:
                        started.set()
                        async for event in events:
                            if event["event"] == "reorg":
                                limit = (event["data"]["ancestor"] + 1) << 20
                                known = {seq: name for seq, name in known.items() if seq < limit}
                            if event["event"] == "market":
                                seq = event["data"]["seq"]
                                assert seq not in known, "told twice"
                                assert seq > max(known, default=0), "told out of order"
                                known[seq] = event["data"]["name"]
                            last = event["id"] or last
                            if "End" in known.values():
                                break
        return known

    async with serving(context) as client:
        starts = [asyncio.Event() for _ in range(8)]
        tasks = [asyncio.create_task(client_of(client, start)) for start in starts]
        await asyncio.gather(*(start.wait() for start in starts))
        for number in range(60):
            blocks = [
                [f"{number}-{at}" for at in range(draw.randrange(3))] for _ in range(draw.randrange(1, 4))
            ]
            if draw.random() < 0.2 and chain.head > 5:
                chain.reorg(chain.head - draw.randrange(1, 5), *blocks)
            else:
                chain.grow(*blocks)
            context.broadcast.wake()
            await asyncio.sleep(draw.uniform(0, 0.03))
        ended.set()
        chain.grow(["End"])
        async with asyncio.timeout(SECONDS):
            for known in await asyncio.gather(*tasks):
                assert sorted(known.items()) == chain.told()


async def test_client_that_does_not_read_is_cut_off(tmp_path):
    """It holds neither memory nor the others up."""
    context = context_in(tmp_path, policy=Policy(stream_bytes=1 << 20, send_seconds=0.5))
    chain = Chain.begin(context.engine)
    big = [f"{'x' * 20_000}{number}" for number in range(100)]
    async with context.broadcast, serving(context) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port, limit=1 << 10)
        writer.write(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n")
        await reader.readuntil(b"status")
        async with stream(client) as events:
            await anext(events)
            for _ in range(12):
                chain.grow(big)
                context.broadcast.wake()
                assert len(market(await until(events, big))) == len(big)
        async with asyncio.timeout(SECONDS):
            while context.limits.streams:
                await asyncio.sleep(0.05)
        assert b"streams_cut_off_total 1.0" in context.metrics.text(None)
        writer.close()


async def test_hanging_up_frees_the_place(tmp_path):
    context = context_in(tmp_path, policy=Policy(streams_per_address=2))
    Chain.begin(context.engine)
    async with context.broadcast, serving(context) as client:
        async with stream(client) as first, stream(client) as second:
            await anext(first), await anext(second)
            refused = await client.get("/events")
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
            assert "retry-after" in refused.headers
        async with asyncio.timeout(SECONDS):
            while context.limits.streams:
                await asyncio.sleep(0.01)
        async with stream(client) as third:
            assert (await anext(third))["event"] == "status"


async def test_stopping_ends_streams_at_once(context):
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(serving(context))
        streams = [await stack.enter_async_context(stream(client)) for _ in range(5)]
        for events in streams:
            await anext(events)
        began = time.monotonic()
        context.broadcast.close()
        rest = [[event async for event in events] for events in streams]
        assert rest == [[]] * 5
        assert time.monotonic() - began < SECONDS / 2


async def test_node_that_goes_and_comes_is_told(tmp_path):
    now = [UP]
    context = context_in(tmp_path, standing=lambda: now[0])
    Chain.begin(context.engine)
    async with context.broadcast, serving(context) as client, stream(client) as events:
        assert (await anext(events))["data"]["node"] == "up"
        now[0] = Standing(block=7, chain_head=7, node_since=99)
        context.broadcast.wake()
        event = await anext(events)
        assert (event["event"], event["data"]["node"], event["data"]["node_since"]) == ("status", "down", 99)
        assert event["id"] is None, "it is no place to resume at"


async def test_what_goes_while_a_client_catches_up_is_told(tmp_path):
    now = [UP]
    context = context_in(tmp_path, standing=lambda: now[0])
    Chain.begin(context.engine)
    async with context.broadcast, asyncio.timeout(SECONDS):
        late = context.broadcast.follow(Position(0, 0), Wish())
        assert b'"node":"up"' in await anext(late)
        async with contextlib.aclosing(context.broadcast.follow(None, Wish())) as other:
            await anext(other)
            now[0] = Standing(block=7, chain_head=7, node_since=99)
            async for text in other:
                if b'"node":"down"' in text:
                    break
        async with contextlib.aclosing(late):
            async for text in late:
                if b"event: status" in text:
                    break
        assert b'"node":"down"' in text


async def test_database_that_goes_and_comes_is_told(context, chain):
    async with serving(context) as client, stream(client) as events:
        await anext(events)
        path = context.engine.url.database
        with context.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE cursor RENAME TO gone")
            connection.commit()
        assert (await anext(events))["data"]["database"] == "down"
        with context.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO cursor")
            connection.commit()
        assert (await anext(events))["data"]["database"] == "up"
        chain.grow(["Back"])
        assert market(await until(events, ["Back"])) == chain.told()
    assert path


@pytest.mark.parametrize(
    "place", ["5", "-", "a-b", "1-", "-1", "1-2-3", "9" * 50 + "-1", f"{1 << 63}-0", "\u0661-\u0662"]
)
async def test_place_that_is_none_is_refused(context, place):
    async with inside(context) as client:
        answer = await client.get("/events", params={"after": place})
    assert answer.status_code == 422
    assert answer.json()["filters"][0]["name"] == "after"


def test_place_is_read_as_it_was_written():
    place = Position(3, 7 << 20)
    assert Position.read(str(place)) == place


async def test_heartbeat(tmp_path):
    context = context_in(tmp_path, policy=Policy(heartbeat=0.05))
    Chain.begin(context.engine)
    async with context.broadcast, serving(context) as client, client.stream("GET", "/events") as answer:
        async with asyncio.timeout(SECONDS):
            async for line in answer.aiter_lines():
                if line.startswith(": "):
                    break
    assert isinstance(client, httpx.AsyncClient)
