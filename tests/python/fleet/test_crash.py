"""Kill -9 in every phase, then a restart: nothing is doubled and nothing is lost.

Each scenario is one fleet with its own wallets. It is killed at each of its points in turn, started again,
and at last left alone until all its tasks have ended. What happened is read from the chain.
"""

import asyncio
import json
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from crash_fleet import AGENTS, ANSWERS, SAID

from agents.chain.bindings import bid_auction, task_manager
from agents.chain.deployment import Deployment
from agents.chain.devnet import warp
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Seed
from agents.fleet.session import FIRST_AGENT_WALLET, REQUESTER_WALLET
from agents.lab.audit import Audit
from agents.market.domain import TaskState
from agents.market.feed import MarketFeed
from agents.market.view import MarketView

PROGRAM = Path(__file__).with_name("crash_fleet.py")
LIFE_SECONDS = 300
"""More than the two minutes after which a sender gives an outcome up for unknown."""
TASKS, BIDS = len(ANSWERS), len(ANSWERS) * len(AGENTS)

SCENARIOS = {
    "a task is posted but not noted; a bid is noted but not signed": [
        ("sent", "createTask", 2),
        ("unsigned", "commit", 2),
    ],
    "a commitment is stored but not sent; another is sent but not seen": [
        ("unsent", "commit", 1),
        ("sent", "commit", 3),
    ],
    "bids are not revealed yet; an agent is at work": [
        ("unsigned", "reveal", 3),
        ("asked", "work", 1),
    ],
    "a result is noted but not submitted; another is sent; a verdict is noted but not sent": [
        ("unsigned", "submit", 1),
        ("sent", "submit", 1),
        ("unsigned", "evaluate", 1),
    ],
}


@pytest.mark.parametrize("kills", SCENARIOS.values(), ids=SCENARIOS.keys())
async def test_a_fleet_that_is_killed_and_started_again_does_everything_once(interval_node, tmp_path, kills):
    home = tmp_path / "home"
    async with Rpc(interval_node.url) as rpc, skipping_idle_time(rpc, interval_node, tmp_path):
        finished = set()
        for kill in [*kills, None]:
            ended = await live(interval_node, home, kill)
            assert ended == (0 if kill is None else -signal.SIGKILL), f"it did not die at {kill}"
            assert not finished & work_asked_for(home), "finished work is never done again"
            finished = work_finished(home)
    async with Rpc(interval_node.url) as rpc:
        deployment = await Deployment.load(interval_node.addresses, rpc)
        audit, events = await audited(rpc, deployment, tmp_path / "audit.db")
    assert audit.report.conserved, audit.report.differences
    seed = Seed.open(home)
    tasks = [
        task for task in audit.view.tasks.values() if task.requester == seed.wallet(REQUESTER_WALLET).address
    ]
    check_tasks(tasks, events)
    check_bids({task.id for task in tasks}, events, home / deployment.key / "fleet.db", audit.view)
    check_thinking(seed, audit.view, home / deployment.key)
    assert finished == set(ANSWERS)


def work_asked_for(home):
    """The words of the tasks that the model was asked to do in the last life; the log begins anew."""
    log = home / "asked.log"
    lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    log.unlink(missing_ok=True)
    return {word for purpose, word in lines if purpose == "work"}


def work_finished(home):
    """The words of the tasks whose result an agent has noted."""
    (store,) = home.glob("*/fleet.db")
    with closing(sqlite3.connect(store)) as db:
        digests = [digest.hex() for (digest,) in db.execute("SELECT digest FROM results")]
    documents = (home / "content" / digest[:2] / digest[2:] for digest in digests)
    answers = {json.loads(document.read_text())["answer"] for document in documents}
    return {word for word, said in SAID.items() if said in answers}


def check_tasks(tasks, events):
    """Each draft became one task; each was worked on, delivered once, scored once and ended as it should."""
    ids = {task.id for task in tasks}
    assert len(tasks) == len({task.specification for task in tasks}) == TASKS, "posted once each"
    endings = Counter((task.state, task.score, task.defaulted) for task in tasks)
    assert endings == {(TaskState.SETTLED, 100, False): 2, (TaskState.REFUNDED, 0, False): 1}
    for kind in (
        task_manager.TaskAwarded,
        task_manager.ResultSubmitted,
        task_manager.TaskEvaluated,
        task_manager.TaskRefunded,
    ):
        seen = Counter(event.task_id for event in events if isinstance(event, kind) and event.task_id in ids)
        expected = 1 if kind is task_manager.TaskRefunded else TASKS
        assert seen.total() == len(seen) == expected, kind.__name__


def check_bids(ids, events, notes, view):
    """Each decision to bid is one commitment on chain, opened; nothing is burned for silence."""
    with closing(sqlite3.connect(notes)) as db:
        decided = db.execute("SELECT agent, task FROM bids WHERE status = 'planned'").fetchall()
    committed = [
        event for event in events if isinstance(event, bid_auction.BidCommitted) and event.task_id in ids
    ]
    revealed = [
        event for event in events if isinstance(event, bid_auction.BidRevealed) and event.task_id in ids
    ]
    assert Counter(task for _, task in decided) == Counter(event.task_id for event in committed)
    for kind in (committed, revealed):
        assert len({(event.task_id, event.agent_id) for event in kind}) == len(kind) == BIDS
    assert not any(event.replaced for event in committed)
    assert not any(task_id in ids for task_id, _ in view.commitments)


def check_thinking(seed, view, folder):
    """What an agent noted of its thinking is what stands in the gateway's receipts, and what the chain took for it."""
    wallets = {one.name: seed.wallet(FIRST_AGENT_WALLET + number) for number, one in enumerate(AGENTS)}
    with closing(sqlite3.connect(folder / "fleet.db")) as db:
        noted = dict(db.execute("SELECT agent, cost FROM thinking").fetchall())
        charged = dict(db.execute("SELECT agent, sum(cost) FROM charged_calls GROUP BY agent").fetchall())
    assert noted, "nobody thought"
    for name, wallet in wallets.items():
        agent_id = view.agent_of_owner[wallet.address]
        assert noted.get(name, 0) == charged.get(agent_id, 0) == view.channels.spent(agent_id), name


async def live(node, home, kill):
    """One life of the fleet; how it ended."""
    home.mkdir(exist_ok=True)
    job = {"provider": node.url, "addresses": str(node.addresses), "home": str(home), "kill": kill}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        json.dumps(job),
        cwd=home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LIFE_SECONDS)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    print(f"--- killed at {kill}\n{output.decode()[-6000:]}")
    return process.returncode


async def audited(rpc, deployment, path):
    """The audit of the whole chain through a store of its own, and all events."""
    store = Store.open(path)
    try:
        store.pin(deployment.chain_id, deployment.genesis_hash)
        tailer = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
        blocks = []
        while more := await tailer.poll():
            blocks += more
        audit = Audit(rpc, deployment)
        await audit.run(blocks)
    finally:
        store.close()
    return audit, [logged.event for block in blocks for logged in block.events]


@asynccontextmanager
async def skipping_idle_time(rpc, node, folder):
    """Inside, the chain's clock jumps over what is left of a window in which nothing can happen any more."""
    deployment = await Deployment.load(node.addresses, rpc)
    store = Store.open(folder / "clock.db")
    store.pin(deployment.chain_id, deployment.genesis_hash)
    feed = MarketFeed(Tailer(rpc, store, deployment.decoders, deployment.deploy_block), MarketView())
    await feed.catch_up()
    skipping = asyncio.create_task(skip(rpc, feed, set(feed.view.tasks)))
    try:
        yield
    finally:
        skipping.cancel()
        await asyncio.gather(skipping, return_exceptions=True)
        store.close()


async def skip(rpc, feed, old):
    while True:
        await feed.catch_up()
        tasks = [task for task in feed.view.tasks.values() if task.id not in old]
        end = idle_until(feed.view, tasks) if len(tasks) == TASKS else 0
        if end > feed.now():
            await warp(rpc, end - feed.now())
        await asyncio.sleep(0.3)


def idle_until(view, tasks):
    """The end of the window that all tasks wait for; 0 while somebody has something to do."""
    states = {task.state for task in tasks if not task.state.is_final}
    if states == {TaskState.OPEN}:
        sealed = sum(task.id == task_id for task in tasks for task_id, _ in view.commitments)
        opened = sum(len(view.bids.get(task.id, [])) for task in tasks)
        if sealed == BIDS:
            return max(task.bidding_end for task in tasks)
        return max(task.reveal_end for task in tasks) if opened == BIDS else 0
    if states == {TaskState.REJECTED}:
        return max(task.deadline for task in tasks if task.state is TaskState.REJECTED)
    return 0
