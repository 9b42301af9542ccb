"""What the explorer counts about itself, for Prometheus."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.explorer.api.standing import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one explorer, in a registry of its own."""

    def __init__(self, standing: Callable[[], Standing], streams: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "agora_explorer_requests",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "agora_explorer_request_seconds",
            "Seconds until a response was complete; streams are left out.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.streamed = Counter(
            "agora_explorer_stream_bytes", "Bytes sent to streams.", registry=self.registry
        )
        self.cut_off = Counter(
            "agora_explorer_streams_cut_off", "Streams whose client was too slow.", registry=self.registry
        )
        self.database_errors = Counter(
            "agora_explorer_database_errors", "Failures of the database.", registry=self.registry
        )
        self.registry.register(_Now(standing, streams))

    def text(self, events: int | None) -> bytes:
        """All figures, in CONTENT_TYPE; ``events`` are those in the index, if that is known."""
        registry = self.registry
        if events is None:
            return generate_latest(registry)
        once = CollectorRegistry()
        Gauge("agora_explorer_events_indexed", "Events in the index.", registry=once).set(events)
        return generate_latest(registry) + generate_latest(once)


class _Now(Collector):
    """What is read at the moment of the question."""

    def __init__(self, standing: Callable[[], Standing], streams: Callable[[], int]) -> None:
        self._standing, self._streams = standing, streams

    def collect(self) -> Iterable[Metric]:
        now = self._standing()
        values = {
            "head": (now.block, "Newest block of the index."),
            "chain_head": (now.chain_head, "Newest block that the node told of."),
            "behind": (now.behind, "Blocks that the index lacks."),
            "reorgs": (now.epoch, "Reorgs that were undone."),
            "node_up": (int(now.node_up), "1 while the node answers."),
            "streams": (self._streams(), "Streams that are open."),
        }
        for name, (value, meaning) in values.items():
            if value is not None:
                yield GaugeMetricFamily(f"agora_explorer_{name}", meaning, value)
