"""Titles and words of documents: kept as they come, found by search, and harmless whatever they say."""

import asyncio
import csv
import io
import json
from random import Random

import pytest
from filled import filled, life, take_in
from sqlalchemy import delete, insert, select, update
from standing_in import inside

from agents.explorer import schema
from agents.explorer.library import Librarian
from agents.explorer.queries.words import words_of
from agents.market.specification import JudgeChecker, TaskSpecification

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil.test","click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "right\u202eleft \u2066isolate",
    "Ünïcode ☃ 日本語",
    "' OR 1=1 --",
    "100% _like_ [glob]*",
]

FOUND = {"whale": {0, 1}, "WHALE summarise": {0}, "sheep": {2}, "whale sheep": set(), "coun": {2}}
"""Words, and the places of the titles that hold them."""


def specification(title, description="Write it down."):
    return TaskSpecification(
        title=title,
        description=description,
        skill="code",
        checker=JudgeChecker(kind="judge", rubric=("It is good.",)),
    )


async def retitle(context, titles, store=True):
    """The newest tasks have specifications with these titles; gives the tasks, in order."""
    found = []
    with context.engine.begin() as db:
        newest = select(schema.tasks.c.id).order_by(schema.tasks.c.id.desc()).limit(len(titles))
        ids = db.execute(newest).scalars().all()
        for task, title in zip(ids, titles, strict=True):
            document = specification(title)
            digest = f"0x{document.digest().hex()}"
            db.execute(update(schema.tasks).where(schema.tasks.c.id == task).values(specification=digest))
            found.append((task, digest, document))
            seqs = select(schema.links.c.seq).where(
                schema.links.c.kind == "task", schema.links.c.key == str(task)
            )
            event = schema.events.c
            created = db.execute(
                select(event.seq, event.arguments).where(event.seq.in_(seqs), event.name == "TaskCreated")
            ).one()
            arguments = json.loads(json.dumps(created.arguments))
            arguments["params"]["specification"] = digest
            db.execute(update(schema.events).where(event.seq == created.seq).values(arguments=arguments))
    if store:
        for _, _, document in found:
            await context.content.put(document.canonical_bytes())
    return found


@pytest.fixture
def context(tmp_path):
    context = filled(tmp_path, life(60))
    context.is_writer = lambda: True
    return context


async def read_all(librarian):
    while await librarian.step():
        pass


async def got(client, path, **params):
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_titles_are_shown_and_tasks_are_found_by_their_words(context):
    tasks = await retitle(context, ["Summarise the Whale", "Translate whales", "Count sheep"])
    await read_all(context.library)
    async with inside(context) as client:
        listed = {one["id"]: one["title"] for one in (await got(client, "/api/tasks"))["items"]}
        assert [listed[task] for task, _, _ in tasks] == [
            "Summarise the Whale",
            "Translate whales",
            "Count sheep",
        ]
        for text, places in FOUND.items():
            found = {one["id"] for one in (await got(client, "/api/tasks", text=text))["items"]}
            assert found == {tasks[place][0] for place in places}, text
            hits = (await got(client, "/api/search", q=text))["items"]
            assert {int(hit["id"]) for hit in hits if hit["kind"] == "task"} >= found
        page = await got(client, f"/api/tasks/{tasks[0][0]}")
        assert (page["title"], page["description"]) == ("Summarise the Whale", "Write it down.")
        assert page["checker"]["kind"] == "judge"
        assert not page["specification_document"]["missing"]
        for beginning in (tasks[0][1], tasks[0][1][:12]):
            hits = (await got(client, "/api/search", q=beginning))["items"]
            assert ("task", str(tasks[0][0])) in {(hit["kind"], hit["id"]) for hit in hits}


async def test_a_document_that_comes_later_is_found_then(tmp_path):
    now = [0]
    context = filled(tmp_path, life(40))
    context.is_writer = lambda: True
    context.library = Librarian(context.engine, context.content, clock=lambda: now[0])
    (task, digest, document), (other, _, second) = await retitle(context, ["Late", "Uploaded"], store=False)
    await read_all(context.library)
    async with inside(context) as client:
        page = await got(client, f"/api/tasks/{task}")
        assert page["content_missing"]
        assert page["title"] is None
        await context.content.put(document.canonical_bytes())
        await context.library.step()
        assert (await got(client, "/api/tasks", text="late"))["items"] == []
        now[0] += 10
        await context.library.step()
        assert [one["id"] for one in (await got(client, "/api/tasks", text="late"))["items"]] == [task]
        # Who uploads a document that is missing need not wait.
        assert (await client.put("/content", content=second.canonical_bytes())).status_code == 201
        assert [one["id"] for one in (await got(client, "/api/tasks", text="uploaded"))["items"]] == [other]
        # What the chain does not name is not kept.
        await client.put("/content", content=specification("Nobody asked").canonical_bytes())
        assert (await got(client, "/api/search", q="nobody"))["items"] == []
        assert digest in {one["specification"] for one in (await got(client, "/api/tasks"))["items"]}


async def test_agents_are_found_and_a_reorg_takes_them_away(tmp_path):
    chain = life(80)
    context = filled(tmp_path, chain)
    context.is_writer = lambda: True
    await read_all(context.library)
    with context.engine.connect() as db:
        texts = db.execute(select(schema.texts).where(schema.texts.c.found)).mappings().all()
    assert "agent" in {row["kind"] for row in texts}
    async with inside(context) as client:
        for row in texts:
            words = words_of(f"{row['title'] or ''} {row['excerpt']}")
            if row["kind"] == "agent" and words:
                hits = (await got(client, "/api/search", q=" ".join(words[:3]), limit=50))["items"]
                assert (row["kind"], row["key"]) in {(hit["kind"], hit["id"]) for hit in hits}
        chain.fork(60)
        chain.mine(Random("other"), 61)
        await take_in(context, chain)
        await read_all(context.library)
        for row in texts:
            for word in words_of(f"{row['title'] or ''} {row['excerpt']}")[:1]:
                for hit in (await got(client, "/api/search", q=word))["items"]:
                    if hit["kind"] in ("agent", "task"):
                        assert (await client.get(f"/api/{hit['kind']}s/{hit['id']}")).status_code == 200


async def test_what_is_no_text_is_found_and_shown_as_hex(context):
    wallet = "0x" + "c3" * 20
    control = "0x1b5b334a"
    with context.engine.begin() as db:
        agent = db.execute(select(schema.agents.c.id).order_by(schema.agents.c.id)).scalar()
        values = {"agentWallet": wallet, "terminal": control, "motto": "0x" + "Häring".encode().hex()}
        at = {"agent": agent, "block": 1, "time": 1, "tx": "0x", "log": 0}
        db.execute(delete(schema.agent_metadata).where(schema.agent_metadata.c.agent == agent))
        db.execute(
            insert(schema.agent_metadata), [{"key": key, "value": values[key], **at} for key in values]
        )
    await read_all(context.library)
    async with inside(context) as client:
        for text, shown in (
            ("agentwallet", f"agentWallet {wallet}"),
            ("terminal", f"terminal {control}"),
            ("häring", "motto Häring"),
        ):
            hits = (await got(client, "/api/search", q=text))["items"]
            (snippet,) = [hit["snippet"] for hit in hits if (hit["kind"], hit["id"]) == ("agent", str(agent))]
            assert shown in snippet


async def test_hostile_words_are_data_in_answers_and_exports(context):
    tasks = await retitle(context, HOSTILE)
    await read_all(context.library)
    async with inside(context) as client:
        listed = {one["id"]: one["title"] for one in (await got(client, "/api/tasks"))["items"]}
        assert [listed[task] for task, _, _ in tasks] == HOSTILE
        for title in HOSTILE:
            answer = await client.get("/api/search", params={"q": title})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"
        file = await client.get("/api/export/tasks.csv")
        assert "attachment" in file.headers["content-disposition"]
        table = list(csv.DictReader(io.StringIO(file.text, newline="")))
        cells = {int(row["id"]): row["title"] for row in table}
        for (task, _, _), title in zip(tasks, HOSTILE, strict=True):
            assert cells[task] == (f"'{title}" if title[0] in "=+-@" else title)
        assert not [cell for row in table for cell in row.values() if cell[:1] in tuple("=+@\t\r")]
        whole = (await client.get("/api/export/tasks.json")).json()
        assert [one["id"] for one in whole] == sorted((int(row["id"]) for row in table), reverse=True)


@pytest.mark.parametrize(
    "name", ["tasks", "agents", "ledger", "accounts", "messages", "events", "transactions"]
)
async def test_an_export_is_the_list_with_its_filters(context, name):
    path = {"ledger": "/api/ledger", "accounts": "/api/ledger/accounts"}.get(name, f"/api/{name}")
    async with inside(context) as client:
        page = await got(client, path, limit=200, order="asc")
        whole = (await client.get(f"/api/export/{name}.json", params={"order": "asc"})).json()
        assert whole[: len(page["items"])] == page["items"]
        assert (len(whole) > 200) == (page["next"] is not None)
        few = (await client.get(f"/api/export/{name}.json", params={"limit": 3})).json()
        assert few == (await got(client, path, limit=3))["items"]
        table = (await client.get(f"/api/export/{name}.csv", params={"order": "asc"})).text
        assert len(list(csv.reader(io.StringIO(table, newline="")))) == len(whole) + 1
        refused = await client.get(f"/api/export/{name}.csv", params={"nonsense": 1})
        assert refused.status_code == 422


async def test_the_librarian_leaves_the_database_to_its_writer(context):
    context.is_writer = lambda: False
    stop = asyncio.Event()
    running = asyncio.create_task(context.library.run(stop))
    await context.library.learn(b"something")
    await asyncio.sleep(0.05)
    stop.set()
    await running
    with context.engine.connect() as db:
        assert db.execute(select(schema.texts)).all() == []
