"""How much each client may ask for: buckets that fill by the clock, one for each address."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from agents.explorer.api.policy import Policy
from agents.explorer.api.problems import Problem

MOST_ADDRESSES = 4096
"""Addresses whose rate is remembered; the one not seen for longest is forgotten first."""
EVERYBODY = "everybody"
"""The address of a bucket that all share."""

Clock = Callable[[], float]


class Rate:
    """``per_second`` and, after a pause, ``burst`` at once; for each who asks. ``clock`` is in seconds."""

    def __init__(self, per_second: float, burst: float, clock: Clock = time.monotonic) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """The number of addresses whose rate is remembered."""
        return len(self._left)

    def take(self, who: str, amount: float = 1.0) -> float:
        """0 when so much is counted; else nothing is, and it is the seconds until it can be."""
        now = self._clock()
        left, since = self._left.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        # What is more than the burst would never fit: it takes all there is.
        amount = min(amount, self._burst)
        enough = left >= amount
        self._left[who] = (left - amount if enough else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if enough else (amount - left) / self._rate

    def give(self, who: str, amount: float) -> None:
        """What was taken and not used is there again."""
        if who in self._left:
            left, since = self._left[who]
            self._left[who] = (min(self._burst, left + amount), since)


class Limits:
    """All limits of one explorer. A Problem with status 429 says when to come again."""

    def __init__(self, policy: Policy, clock: Clock = time.monotonic) -> None:
        self._policy = policy
        self._requests = Rate(policy.rate, policy.burst, clock)
        self._uploads = Rate(policy.uploads, policy.uploads_burst, clock)
        self._bytes = Rate(policy.upload_rate, policy.upload_burst, clock)
        self._all_bytes = Rate(policy.all_uploads_rate, policy.all_uploads_burst, clock)
        self._streams: dict[str, int] = {}

    @property
    def streams(self) -> int:
        """The streams that are open."""
        return sum(self._streams.values())

    def request(self, who: str, path: str) -> None:
        """A request is counted; raises Problem when there were too many."""
        _refuse(self._requests.take(who, _cost(path)), "requests")

    def calls(self, who: str, weight: float) -> None:
        """Calls to the node are counted, as requests are; raises Problem when there were too many."""
        _refuse(self._requests.take(who, weight), "calls")

    def upload(self, who: str) -> None:
        """An upload begins; raises Problem when there were too many."""
        _refuse(self._uploads.take(who), "uploads")

    def stored(self, who: str, size: int) -> None:
        """So many bytes are about to be stored; raises Problem when that is too much for one, or for all."""
        _refuse(self._bytes.take(who, size), "bytes")
        wait = self._all_bytes.take(EVERYBODY, size)
        if wait:
            self._bytes.give(who, size)
        _refuse(wait, "bytes of all clients")

    def open_stream(self, who: str) -> None:
        """A stream is open; raises Problem when the address, or all together, have too many."""
        if self._streams.get(who, 0) >= self._policy.streams_per_address:
            _refuse(self._policy.heartbeat, "open streams")
        if self.streams >= self._policy.streams:
            _refuse(self._policy.heartbeat, "open streams of all clients")
        self._streams[who] = self._streams.get(who, 0) + 1

    def close_stream(self, who: str) -> None:
        """The stream is closed."""
        self._streams[who] -= 1
        if not self._streams[who]:
            del self._streams[who]


_COSTS = (
    ("/api/export/", 20.0),
    ("/api/audit", 20.0),
    ("/api/search", 5.0),
    ("/api/", 1.0),
    ("/events", 5.0),
    ("/rpc", 1.0),
    ("/content", 1.0),
)


def _cost(path: str) -> float:
    """What a request counts as; files of the page, of which one visit asks for many, are cheap."""
    return next((cost for prefix, cost in _COSTS if path.startswith(prefix)), 0.2)


def _refuse(wait: float, what: str) -> None:
    if wait:
        seconds = max(1, int(-(-wait // 1)))
        detail = f"too many {what} from this address: come again in {seconds} s"
        if what.endswith("clients"):
            detail = f"too many {what}: come again in {seconds} s"
        raise Problem(429, "too_many_requests", detail, headers={"retry-after": str(seconds)})


@lru_cache(MOST_ADDRESSES)
def address_of(host: str) -> str:
    """The client as it is counted: an IPv6 host has a whole network of addresses, which count as one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
