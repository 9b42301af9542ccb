"""The node, asked without waiting; each party's way to it; and the miner."""

import asyncio
import http.client
import json
import time
from collections import Counter
from random import Random
from typing import Any
from urllib.parse import urlsplit

from faults.engine import Answer, Engine, rates
from faults.forks import Forks

from agents.chain.rpc import quantity
from agents.errors import RpcError

BLOCK_SECONDS = 4
"""Of chain and of loop."""
IDLE_SECONDS = 2.0


class Node:
    """A node at ``url``. The loop stands still while it answers."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._socket = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        self.asked: Counter[str] = Counter()
        self._used = 0.0

    def close(self) -> None:
        """The connection is closed."""
        self._socket.close()

    def post(self, content: bytes) -> Answer:
        """Status and body."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._socket.close()  # The node closes what is idle for 5 s; the next request opens another.
        self._socket.request("POST", "/", content, {"content-type": "application/json"})
        response = self._socket.getresponse()
        answer = response.status, response.read()
        self._used = time.monotonic()
        return answer

    def ask(self, method: str, *params: Any) -> Any:
        """The result. Raises RpcError."""
        self.asked[method] += 1
        _, body = self.post(
            json.dumps({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}).encode()
        )
        reply = json.loads(body)
        if "error" in reply:
            raise RpcError(reply["error"].get("code", 0), reply["error"].get("message", ""))
        return reply["result"]

    async def call(self, method: str, *params: Any) -> Any:
        """The same, for who awaits."""
        return self.ask(method, *params)

    async def forward(self, content: bytes) -> Answer:
        """The same, for who passes on what others ask."""
        return self.post(content)


class Network:
    """The node and all ways to it; ``start`` is the chain's time when the loop's is 0."""

    def __init__(self, node: Node, seed: int, start: int, weather: "Weather") -> None:
        self.node, self.seed, self.start, self.weather = node, seed, start, weather
        self.dice = Random(f"network {seed}")
        self.forks = Forks(node.call, str(seed), weather.forks)
        self.engines: dict[str, Engine] = {}
        self.dropped = 0
        self.forked: list[int] = []
        """When, in chain time."""

    def way(self, name: str) -> Engine:
        """The way of the party with this name."""
        if name not in self.engines:
            forward = self.forks.watching(self.node.forward)
            lots = rates(self.weather.errors, self.weather.lies)
            self.engines[name] = Engine(f"{self.seed} {name}", forward, lots)
        return self.engines[name]

    def heal(self) -> None:
        """From now on nothing fails."""
        self.forks.rate = 0.0
        self.weather = Weather()
        for engine in self.engines.values():
            engine.heal()

    async def mine(self) -> None:
        """Make a block every BLOCK_SECONDS, until cancelled."""
        while True:
            await asyncio.sleep(BLOCK_SECONDS)
            forked = await self.forks.before_block()
            if forked:
                self.forked.append(self.now())
            if self.dice.random() < self.weather.amnesia:
                self._forget()
            # The other branch may be longer at once, or only later.
            for _ in range(self.dice.randint(1, 4) if forked else 1):
                self.block()

    def block(self) -> None:
        """One block of now."""
        self.node.ask("evm_setNextBlockTimestamp", quantity(self.now()))
        self.node.ask("evm_mine")

    def now(self) -> int:
        """The chain's time."""
        return self.start + int(asyncio.get_running_loop().time())

    def _forget(self) -> None:
        """The node forgets one of the transactions that wait for a block."""
        waiting = self.node.ask("eth_pendingTransactions")
        if waiting:
            self.dropped += self.node.ask("hardhat_dropTransaction", self.dice.choice(waiting)["hash"])


class Weather:
    """How bad it is: shares of requests with errors and with lies, probabilities by block of forks and of forgotten
    transactions, and by life of a death."""

    def __init__(
        self,
        errors: float = 0.0,
        lies: float = 0.0,
        forks: float = 0.0,
        amnesia: float = 0.0,
        deaths: float = 0.0,
    ) -> None:
        self.errors, self.lies, self.forks, self.amnesia, self.deaths = errors, lies, forks, amnesia, deaths

    @classmethod
    def of(cls, seed: int) -> "Weather":
        """That of a seed."""
        dice = Random(f"weather {seed}")
        return cls(
            errors=dice.choice((0.01, 0.03, 0.05)),
            lies=dice.choice((0.0, 0.01, 0.02)),
            forks=dice.choice((0.0, 0.02, 0.05)),
            amnesia=dice.choice((0.0, 0.02)),
            deaths=dice.choice((0.0, 0.5, 1.0)),
        )

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in vars(self).items())
