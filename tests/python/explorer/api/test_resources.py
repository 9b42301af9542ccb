"""Every list under /api: whole by pages, filtered as brute force filters, refused with the reason."""

import json
from itertools import pairwise
from random import Random

import pytest
from filled import filled, life, take_in
from sqlalchemy import func, select
from standing_in import inside

from agents.explorer import schema

LISTS = {
    "/api/tasks": schema.tasks,
    "/api/agents": schema.agents,
    "/api/agents?sort=earned": schema.agents,
    "/api/agents?sort=balance&order=asc": schema.agents,
    "/api/ledger": schema.entries,
    "/api/ledger?order=asc": schema.entries,
    "/api/ledger/accounts": schema.accounts,
    "/api/messages": schema.messages,
    "/api/messages/threads": schema.threads,
    "/api/actions": schema.action_batches,
    "/api/usage/channels": schema.channels,
    "/api/usage/redemptions": schema.redemptions,
    "/api/blocks": schema.blocks,
    "/api/transactions": schema.transactions,
    "/api/events": schema.events,
}


@pytest.fixture(scope="module")
def chain():
    return life(90)


@pytest.fixture(scope="module")
def context(tmp_path_factory, chain):
    return filled(tmp_path_factory.mktemp("resources"), chain)


@pytest.fixture
async def client(context):
    async with inside(context) as client:
        yield client


async def got(client, path):
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


async def whole(client, path, limit=7):
    """All rows of a list, page by page."""
    found, cursor = [], ""
    joint = "&" if "?" in path else "?"
    while cursor is not None:
        page = await got(client, f"{path}{joint}limit={limit}{cursor and f'&cursor={cursor}'}")
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
    return found


def count(context, table):
    with context.engine.connect() as db:
        return db.scalar(select(func.count()).select_from(table))


def rows(context, table):
    with context.engine.connect() as db:
        return [dict(row) for row in db.execute(select(table)).mappings()]


@pytest.mark.parametrize("path", LISTS)
async def test_the_pages_of_a_list_hold_every_row_once(client, context, path):
    found = await whole(client, path)
    assert (
        len({json.dumps(one, sort_keys=True) for one in found}) == len(found) == count(context, LISTS[path])
    )


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/api/tasks", "id"),
        ("/api/ledger", "seq"),
        ("/api/agents?sort=earned", "earned"),
        ("/api/blocks", "number"),
    ],
)
async def test_lists_are_in_order_both_ways(client, path, key):
    down = [one[key] for one in await whole(client, path)]
    up = [one[key] for one in await whole(client, f"{path}{'&' if '?' in path else '?'}order=asc")]
    assert down == up[::-1]
    assert all(one >= other for one, other in pairwise(down))


async def test_a_walk_meets_each_old_row_once_while_rows_come_in(tmp_path):
    chain = life(40)
    context = filled(tmp_path, chain)
    before = {row["seq"] for row in rows(context, schema.events)}
    found, cursor, dice = [], "", Random("more")
    async with inside(context) as client:
        while cursor is not None:
            page = await got(client, f"/api/events?limit=20{cursor and f'&cursor={cursor}'}")
            found += [one["seq"] for one in page["items"]]
            cursor = page["next"]
            chain.mine(dice)
            await take_in(context, chain)
    assert len(found) == len(set(found))
    assert set(found) == before
    assert count(context, schema.events) > len(before)


FILTERS = {
    "state": lambda task, value: task["state"] == value,
    "skill": lambda task, value: task["skill"] == value,
    "requester": lambda task, value: task["requester"] == value,
    "mode": lambda task, value: task["mode"] == value,
    "agent": lambda task, value: task["agent"] == value,
    "min_reserve": lambda task, value: task["reserve"] >= value,
    "max_reserve": lambda task, value: task["reserve"] <= value,
    "since": lambda task, value: task["created_time"] >= value,
    "until": lambda task, value: task["created_time"] < value,
}


async def test_filters_of_tasks_are_those_of_brute_force(client, context):
    tasks = rows(context, schema.tasks)
    dice = Random("filters")
    columns = {
        "min_reserve": "reserve",
        "max_reserve": "reserve",
        "since": "created_time",
        "until": "created_time",
    }
    seen = 0
    for _ in range(60):
        example = dice.choice(tasks)
        names = dice.sample(sorted(FILTERS), dice.randint(1, 3))
        wanted = {name: example[columns.get(name, name)] for name in names}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        found = [task["id"] for task in await whole(client, f"/api/tasks?{query}")]
        right = [
            task["id"] for task in tasks if all(FILTERS[name](task, value) for name, value in wanted.items())
        ]
        assert found == sorted(right, reverse=True), query
        seen += bool(right)
    assert seen > 20


async def test_entries_of_an_account_are_those_of_either_side(client, context):
    entries = rows(context, schema.entries)
    accounts = {entry[side] for entry in entries for side in ("account_from", "account_to")} - {None}
    for account in sorted(accounts)[:12]:
        found = [one["seq"] for one in await whole(client, f"/api/ledger?account={account}")]
        right = {one["seq"] for one in entries if account in (one["account_from"], one["account_to"])}
        assert found == sorted(right, reverse=True)
        least = sorted(one["amount"] for one in entries)[len(entries) // 2]
        found = [
            one["seq"] for one in await whole(client, f"/api/ledger?account={account}&min_amount={least}")
        ]
        assert set(found) == {one["seq"] for one in entries if one["seq"] in right and one["amount"] >= least}


async def test_events_are_found_by_what_they_touch(client, context):
    links = rows(context, schema.links)
    events = rows(context, schema.events)
    for kind in ("task", "agent", "account"):
        key = max((link["key"] for link in links if link["kind"] == kind), key=len)
        found = [one["seq"] for one in await whole(client, f"/api/events?{kind}={key}", 50)]
        right = [link["seq"] for link in links if (link["kind"], link["key"]) == (kind, key)]
        assert found == sorted(right, reverse=True)
    for contract in {event["contract"] for event in events}:
        found = [one["seq"] for one in await whole(client, f"/api/events?contract={contract}", 50)]
        assert found == sorted((one["seq"] for one in events if one["contract"] == contract), reverse=True)
    block = events[-1]["block"]
    found = await whole(client, f"/api/events?block={block}")
    assert {one["seq"] for one in found} == {one["seq"] for one in events if one["block"] == block}
    assert all(one["text"] for one in found)


async def test_failed_transactions_and_those_of_a_contract(client, context):
    sent = rows(context, schema.transactions)
    for query, right in (
        ("failed=true", lambda one: one["status"] == 0),
        ("failed=false", lambda one: one["status"] == 1),
        ("contract=BidAuction", lambda one: one["contract"] == "BidAuction"),
        ("function=createTask", lambda one: one["function"] == "createTask"),
        (
            "function=createTask&failed=true",
            lambda one: one["function"] == "createTask" and not one["status"],
        ),
    ):
        found = [one["hash"] for one in await whole(client, f"/api/transactions?{query}")]
        assert sorted(found) == sorted(one["hash"] for one in sent if right(one)), query


async def test_every_page_of_a_thing_answers(client, context):
    for task in rows(context, schema.tasks):
        page = await got(client, f"/api/tasks/{task['id']}")
        assert page["state"] == task["state"]
        assert (page["next_step"] is None) == (task["ended_at"] is not None)
        assert (page["award"] is None) == (task["agent"] is None)
        assert page["timeline"][0]["event"] == "TaskCreated"
        bids = await whole(client, f"/api/tasks/{task['id']}/bids")
        assert {one["agent"] for one in bids} == {one["agent"] for one in page["bids"]}
        ranks = sorted(one["rank"] for one in bids if one["rank"])
        assert ranks == list(range(1, len(ranks) + 1))
    for agent in rows(context, schema.agents):
        page = await got(client, f"/api/agents/{agent['id']}")
        assert (page["free"], page["earned"]) == (agent["balance_free"], agent["earned"])
        history = await got(client, f"/api/agents/{agent['id']}/history")
        if history["money"]:
            assert history["money"][-1]["earned"] == agent["earned"]
            assert history["money"][-1]["thinking"] == agent["thinking"]
        if history["balance"]:
            newest = history["balance"][-1]
            assert (newest["free"], newest["locked"]) == (agent["balance_free"], agent["balance_locked"])
        for part in ("bids", "messages", "actions", "usage"):
            await whole(client, f"/api/agents/{agent['id']}/{part}")
    for sent in rows(context, schema.transactions)[::5]:
        page = await got(client, f"/api/transactions/{sent['hash']}")
        assert page["succeeded"] == (page["custom_error"] is None)
    for block in rows(context, schema.blocks)[::9]:
        by_number = await got(client, f"/api/blocks/{block['number']}")
        assert by_number == await got(client, f"/api/blocks/{block['hash']}")


@pytest.mark.parametrize(
    "path",
    [
        "/api/tasks/99999",
        "/api/tasks/99999/bids",
        "/api/tasks/99999/events",
        "/api/agents/99999",
        "/api/agents/99999/history",
        "/api/agents/99999/bids",
        "/api/agents/99999/messages",
        "/api/ledger/accounts/agent:99999",
        "/api/messages/threads/99999",
        "/api/governance/proposals/99999",
        "/api/blocks/99999",
        f"/api/transactions/0x{99999:064x}",
    ],
)
async def test_what_is_unknown_is_404_and_says_what_was_looked_for(client, path):
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "99999" in answer.json()["detail"] or "1869f" in answer.json()["detail"]
    assert answer.json()["looked_for"]


@pytest.mark.parametrize(
    ("path", "name", "why"),
    [
        ("/api/tasks?state=Nowhere", "state", "'Settled'"),
        ("/api/tasks?mode=x", "mode", "'Race'"),
        ("/api/tasks?requester=0x12", "requester", "40 hex digits"),
        ("/api/tasks?agent=-1", "agent", "greater than or equal to 0"),
        ("/api/tasks?agent=99999999999999999999", "agent", "less than or equal"),
        ("/api/tasks?limit=0", "limit", "greater than or equal to 1"),
        ("/api/tasks?limit=201", "limit", "less than or equal to 200"),
        ("/api/tasks?order=up", "order", "'asc' or 'desc'"),
        ("/api/tasks?colour=red", "colour", "not permitted"),
        ("/api/tasks?text=%00", "text", "NUL"),
        ("/api/tasks?cursor=!!!", "cursor", "`next`"),
        ("/api/tasks?cursor=WyIiLCJ4Il0", "cursor", "`next`"),
        ("/api/tasks?cursor=W1tbW1tbW1tb", "cursor", "`next`"),
        ("/api/agents?sort=earned&cursor=WyIiLDFd", "cursor", "`next`"),
        ("/api/ledger?account=me", "account", "agent:5"),
        ("/api/ledger?reason=greed", "reason", "'reward'"),
        ("/api/events?tx=0x12", "tx", "64 hex digits"),
        (f"/api/events?block={2**62}", "block", "none so large"),
        ("/api/market/prices?bucket=0", "bucket", "greater than or equal to 1"),
        ("/api/search?q=", "q", "at least 1 character"),
        ("/api/blocks/0x12", "block", "64 hex digits"),
    ],
)
async def test_a_filter_that_cannot_be_used_is_422_and_named(client, path, name, why):
    answer = await client.get(path)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["filters"][0]
    assert fault["name"] == name
    assert why in fault["problem"]


async def test_a_cursor_of_one_order_is_refused_by_another(client):
    cursor = (await got(client, "/api/agents?sort=wins&limit=2"))["next"]
    answer = await client.get(f"/api/agents?sort=earned&limit=2&cursor={cursor}")
    assert answer.status_code == 422


async def test_overview_and_ledger_say_the_same_of_credits(client, context):
    overview = await got(client, "/api/overview")
    ledger = await got(client, "/api/ledger/overview")
    accounts = rows(context, schema.accounts)
    assert overview["credits"]["free"] == ledger["free"] == sum(one["free"] for one in accounts)
    assert overview["credits"]["locked"] == ledger["locked"] == sum(one["locked"] for one in accounts)
    assert (
        sum(overview["tasks"]["by_state"].values())
        == overview["tasks"]["total"]
        == count(context, schema.tasks)
    )
    assert len(overview["throughput"]) == 60
    into = {edge["target"] for edge in overview["sankey"]}
    assert overview["sankey"][0]["source"] not in into, "credits flow one way"


async def test_the_market_and_who_earns(client, context):
    market = await got(client, "/api/market")
    profits = [one["profit"] for one in market["leaderboard"]]
    assert profits == sorted(profits, reverse=True)
    assert {one["skill"] for one in market["skills"]} == {
        row["skill"] for row in rows(context, schema.skill_totals)
    }
    balances = market["balances"]
    assert 0 <= balances["gini"] < 1
    assert (balances["lorenz"][0], balances["lorenz"][-1]) == (
        {"share": 0, "held": 0},
        {"share": 1, "held": 1},
    )
    held = [point["held"] for point in balances["lorenz"]]
    assert held == sorted(held)
    prices = await got(client, "/api/market/prices")
    assert sum(bucket["count"] for bucket in prices["items"]) == count(context, schema.skill_prices)
    bids = await got(client, "/api/market/bids")
    assert sum(step["bids"] for step in bids["curve"]) == len(bids["points"])
    assert (await got(client, "/api/market/supply"))["points"]
