"""Where the API does not say what raw logs add up to."""

from contextlib import asynccontextmanager

import httpx
from agreement import only

from agents.explorer.api.app import build
from agents.explorer.api.context import Context
from agents.explorer.api.policy import Policy
from agents.explorer.api.standing import Standing
from agents.market.content import ContentStore
from agents.settings import Settings

AS_LOGGED = {"leading": "revealed", "void": "sealed"}
"""States of bids that follow from the other bids, or from the time, by what was logged of them."""


@asynccontextmanager
async def application(deployment, engine, folder, head):
    """A client of an application on this index."""
    context = Context(
        engine=engine,
        deployment=deployment,
        content=ContentStore(str(folder / "content")),
        standing=lambda: Standing(block=head, node_up=True),
        settings=Settings(_env_file=None, home=folder),
        policy=Policy(rate=10_000, burst=10_000),
        page=folder,
    )
    transport = httpx.ASGITransport(build(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def strays(client, truth):
    """Each difference, named by what was asked."""
    found = []
    for path, tell, theirs in [
        ("/api/overview", overview, expected_overview(truth)),
        *((f"/api/tasks/{task}", task_figures, truth.task(task)) for task in truth.tasks()),
        *((f"/api/agents/{agent}", agent_figures, truth.agent(agent)) for agent in truth.names),
    ]:
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        ours = tell(answer.json())
        theirs = {name: theirs[name] for name in ours}
        if ours != theirs:
            found.append(f"{path}: {only(ours, theirs)}")
    for agent in truth.names:
        answer = await client.get(f"/api/agents/{agent}/history")
        shown = [(one["skill"], one["experience"]) for one in answer.json()["reputation"]]
        if shown != [one[:2] for one in truth.agent(agent)["reputation"]]:
            found.append(f"the history of agent {agent}: {shown}")
    return found


def expected_overview(truth):
    """The newest 60 minutes only, and states that no task is in as zeros."""
    found = truth.overview()
    newest = truth.chain.blocks[truth.chain.head][1] // 60 * 60
    found["throughput"] = {
        time: span for time, span in found["throughput"].items() if time > newest - 60 * 60
    }
    found["head"] = {"number": truth.chain.head, "hash": truth.chain.blocks[truth.chain.head][0]}
    return found


def overview(body):
    assert body["conservation"]["holds"]
    states = body["tasks"]["by_state"]
    return {
        "head": {name: body["head"][name] for name in ("number", "hash")},
        "tasks": body["tasks"] | {"by_state": {name: one for name, one in states.items() if one}},
        "agents": body["agents"],
        "credits": body["credits"],
        "flows": body["flows"],
        "throughput": {
            one["time"]: (one["transactions"], one["events"], one["settled"], one["value"])
            for one in body["throughput"]
            if one["transactions"]
        },
        "checked": body["conservation"]["checked"],
    }


def task_figures(body):
    names = (
        *("state", "requester", "skill", "mode", "reserve", "bidding_end", "reveal_end", "created_time"),
        *("agent", "price", "score", "fee", "silent", "refunded", "taken_over"),
    )
    return {name: body[name] for name in names} | {
        "bids": {
            one["agent"]: (
                *(one["price"], one["quality"], one["rank"], one["price_paid"]),
                AS_LOGGED.get(one["status"], one["status"]),
            )
            for one in body["bids"]
        },
        "timeline": [
            (one["event"], one["block"], one["log"], one["tx"], one["sender"])
            for one in body["timeline"]
            if one["contract"] in ("TaskManager", "BidAuction", "RaceBoard")
        ],
    }


def agent_figures(body):
    names = (
        *("active", "free", "locked", "debt", "earned", "thinking", "bids", "wins", "losses", "settled"),
        *("failed", "defaulted", "tasks_posted", "messages_sent", "messages_received"),
    )
    claims = {one["skill"]: one["claimed"] for one in body["standing"] if one["claimed"] is not None}
    return {name: body[name] for name in names} | {"skills": claims}


def contracts_of(deployment):
    """The addresses of a deployment's contracts by their names."""
    return {type(one).__name__: one.address for one in deployment.contracts}
