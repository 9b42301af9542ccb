"""Ray, as far as it is needed: processes on the machines of a cluster, each with one worker."""

import logging
import os
import socket
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

from agents.errors import LibraryMissing, RayUnreachable, WorkerLost
from agents.fleet.shards.assignment import Assignment, ShardReport
from agents.fleet.shards.worker import Worker
from agents.logs import configure

KNOCK_SECONDS = 5.0
LOCAL = "local"
"""In place of an address: a cluster of this machine alone, for as long as the run."""


class Process(Worker):
    """A worker that has a process to itself, and its log."""

    async def run(self) -> ShardReport:
        """As ``Worker.run``."""
        told = self._assignment
        told.log_file.parent.mkdir(parents=True, exist_ok=True)
        configure(told.log_level, as_json=True, file=told.log_file)
        return await super().run()


class RayCluster:
    """A connection to a cluster, which starts a worker wherever there is room."""

    def __init__(self, ray: Any, cpus: float) -> None:
        self._ray, self._cpus = ray, cpus
        self._actors: Any = ray.remote(Process)

    def start(self, assignment: Assignment) -> "RayWorker":
        """A worker in a process of its own, which ends with this run at the latest."""
        actor = self._actors.options(
            num_cpus=self._cpus, max_restarts=0, scheduling_strategy="SPREAD"
        ).remote(assignment)
        return RayWorker(self._ray, actor)


class RayWorker:
    """A worker somewhere in the cluster."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor

    def run(self) -> Awaitable[ShardReport]:
        """As ``Worker.run``."""
        return self._ask(self._actor.run)

    def ready(self) -> Awaitable[None]:
        """As ``Worker.ready``."""
        return self._ask(self._actor.ready)

    def stop(self) -> Awaitable[None]:
        """As ``Worker.stop``."""
        return self._ask(self._actor.stop)

    def place(self) -> Awaitable[tuple[str, int]]:
        """As ``Worker.place``."""
        return self._ask(self._actor.place)

    def kill(self) -> None:
        """End its process."""
        self._ray.kill(self._actor)

    async def _ask(self, method: Any) -> Any:
        try:
            return await method.remote()
        except self._ray.exceptions.RayError as error:
            raise WorkerLost(str(error)) from error


@contextmanager
def ray_cluster(address: str, cpus: float = 1.0) -> Iterator[RayCluster]:
    """The cluster at the address; each worker takes ``cpus`` of its processors.

    Raises LibraryMissing without Ray, and RayUnreachable when no cluster answers.
    """
    # Read when Ray is imported: without it a cluster that is begun here would report to its makers.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise LibraryMissing("ray", "ray") from None
    _knock(address)
    try:
        ray.init(
            address=None if address == LOCAL else address,
            include_dashboard=False if address == LOCAL else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError) as error:
        raise RayUnreachable(address, str(error).splitlines()[0]) from None
    try:
        yield RayCluster(ray, cpus)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raises RayUnreachable when nobody listens at a host and port; Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if not colon or "://" in address:
        return
    try:
        socket.create_connection((host, int(port)), KNOCK_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise RayUnreachable(address, str(error)) from None
