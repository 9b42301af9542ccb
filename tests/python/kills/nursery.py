"""Forks a process for each life, so that none waits for its imports.

    python nursery.py

reads jobs, one JSON object a line, and answers each with the status of its process. A job has provider, addresses,
store, doom (a moment and how often it comes), seed, seconds (how long it lives at most), and for a party name,
wallets (indices on the test phrase's path), agents, others, windows (two pairs of seconds),
and rest (whether it ends when nothing is left to do);
without a name it is a tailer, or the gateway that ``kills.thinking`` tells of.
"""

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import structlog
from simulation.moves import Cast, Windows
from simulation.party import Party, run

from agents.chain.deployment import Deployment
from agents.chain.faucet import TEST_PHRASE
from agents.chain.rpc import Rpc
from agents.chain.store import Store
from agents.chain.tailer import Tailer
from agents.chain.wallet import Seed
from agents.errors import TransportError
from kills import thinking
from kills.doom import DeadlyTransport, Doom

PACE = 0.1
"""Seconds between two turns of a party."""
QUIET_TURNS = 5


async def party(job: dict, doom: Doom, deployment: Deployment) -> None:
    """One life of a party."""
    stop, path = asyncio.Event(), Path(job["store"])
    seed = Seed(TEST_PHRASE)
    agents = {int(agent): wallet for agent, wallet in job["agents"].items()}
    cast = Cast(job["name"], tuple(seed.wallet(index) for index in job["wallets"]), agents)
    alive, idle, state = [], 0, "it never took a turn"

    def opened(party: Party) -> None:
        party.eager = not job["rest"]
        alive.append(party)

    def awake(now: int) -> None:
        nonlocal idle, state
        with path.with_suffix(".awake").open("a") as file:
            file.write(f"{os.getpid()} {now}\n")
        idle = idle + 1 if alive[0].is_done() else 0
        alive[0].quiet, state = job["rest"] and idle > QUIET_TURNS, alive[0].state()
        if job["rest"] and idle > 2 * QUIET_TURNS:
            stop.set()

    asyncio.get_running_loop().call_later(job["seconds"], stop.set)
    await run(
        cast,
        path,
        job["provider"],
        deployment,
        job["others"],
        Random(job["seed"]),
        pace=PACE,
        windows=Windows(*map(tuple, job["windows"])),
        stop=stop,
        awake=awake,
        opened=opened,
        transport=DeadlyTransport(doom),
    )
    assert not job["rest"] or idle > 2 * QUIET_TURNS, f"something is left to do: {state}"


async def tailer(job: dict, doom: Doom, deployment: Deployment) -> None:
    """One life of a tailer, up to the head."""
    store = Store.open(Path(job["store"]))
    try:
        store.pin(deployment.chain_id, deployment.genesis_hash)
        async with Rpc(job["provider"], transport=DeadlyTransport(doom)) as rpc:
            reading = Tailer(rpc, store, deployment.decoders, deployment.deploy_block)
            while await reading.poll():
                pass
    finally:
        store.close()


async def load(addresses: Path, rpc: Rpc) -> Deployment:
    """The deployment, as soon as the node answers."""
    while True:
        try:
            return await Deployment.load(addresses, rpc)
        except TransportError:
            await asyncio.sleep(PACE)


async def live(job: dict) -> None:
    """One life."""
    doom = Doom(*job["doom"])
    async with Rpc(job["provider"]) as rpc:
        deployment = await load(Path(job["addresses"]), rpc)
    doom.wait_in_stores()
    doom.wait_at_pens()
    lives = thinking.gateway if "thinkers" in job else party if "name" in job else tailer
    await lives(job, doom, deployment)


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                asyncio.run(live(json.loads(line)))
                status = 0
            except BaseException:  # noqa: BLE001 - the child says why, and ends
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
