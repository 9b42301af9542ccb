"""Who asks, and how much: keys, rates, and the number of requests at the same time."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from agents.chain.guard.refusals import Code, refused
from agents.chain.guard.rules import Rules

MOST_ADDRESSES = 4096
"""Addresses whose rate is remembered; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class Bucket:
    """Calls that may still be made at once; it fills by the clock up to the burst."""

    calls: float
    at: float


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever sent a request."""

    operator: bool
    bucket: Bucket | None


def _digest(key: str) -> bytes:
    # Keys are looked up by digest, so that the time it takes tells nothing of how much of a guess was right.
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


class Limits:
    """The buckets of all clients; ``clock`` is in seconds."""

    def __init__(self, rules: Rules, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules, self._clock = rules, clock
        self._agents = {_digest(key): self._bucket() for key in rules.agent_keys}
        self._operators = {_digest(key) for key in rules.operator_keys}
        self._addresses: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """The number of addresses whose rate is remembered."""
        return len(self._addresses)

    def client(self, key: str | None, address: str) -> Client:
        """Who holds ``key``, or asks from ``address`` without one; raises Refused when the key opens nothing."""
        if key is None:
            if not self._rules.anonymous:
                raise refused(Code.KEY, "this guard wants a key: POST to /k/<key>", 401)
            return Client(operator=False, bucket=self._of_address(address))
        digest = _digest(key)
        if digest in self._operators:
            return Client(operator=True, bucket=None)
        if digest not in self._agents:
            raise refused(Code.KEY, "this key opens nothing here", 401)
        return Client(operator=False, bucket=self._agents[digest])

    def take(self, client: Client, calls: int) -> None:
        """So many calls are counted; raises Refused, and counts none, when they are too many for now."""
        bucket, burst, most = client.bucket, self._rules.burst, self._rules.most_weight
        if bucket is None:
            return
        if calls > most:
            raise refused(Code.SIZE, f"one request counts as at most {most} calls, not {calls}", 413)
        now = self._clock()
        bucket.calls = min(float(burst), bucket.calls + (now - bucket.at) * self._rules.rate)
        bucket.at = now
        if calls > bucket.calls:
            raise refused(Code.RATE, f"more than {self._rules.rate:g} calls a second: try again later", 429)
        bucket.calls -= calls

    def _bucket(self) -> Bucket:
        return Bucket(float(self._rules.burst), self._clock())

    def _of_address(self, address: str) -> Bucket:
        bucket = self._addresses.pop(address, None) or self._bucket()
        self._addresses[address] = bucket
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        return bucket
