"""What a shard is told, and what it tells at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.fleet.app import Job
from agents.fleet.layout import WHOLE
from agents.settings import LogLevel


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker is told. It holds no secret: passwords and keys come from the worker's own environment."""

    number: int
    job: Job
    provider: str = field(repr=False)
    home: Path
    addresses: Path
    content: str = field(repr=False)
    log_level: LogLevel
    began: float
    """When the run began, in seconds since 1970: a shard that is begun again gets no more time."""

    @property
    def log_file(self) -> Path:
        """Where the shard logs, one JSON object a line."""
        return self.home / "logs" / f"{self.job.office}.log"


@dataclass(frozen=True, slots=True)
class ShardReport:
    """How a shard ended, and what it came to."""

    number: int
    figures: Mapping[str, float] = field(default_factory=dict)
    """As a tally's."""
    resumed: bool = False
    """Whether another process had begun it."""
    cap: str = ""
    """The cap that ended it or held it back; empty if none did."""
    mistake: str = ""
    """What a person has to mend; empty if nothing."""


def split(job: Job, size: int) -> list[Job]:
    """The job's agents in shards of ``size``, the last one maybe smaller, each with its share of the caps.

    A fleet that grows fills the last shard and begins new ones; no agent changes its place.
    """
    return [_shard(job, at // size, at, size) for at in range(0, len(job.agents), size)]


def _shard(job: Job, number: int, first: int, size: int) -> Job:
    agents, whole = job.agents[first : first + size], len(job.agents)
    count = len(agents)
    return replace(
        job,
        agents=agents,
        first_wallet=job.first_wallet + first,
        office=f"{WHOLE}-{number}",
        source=None,
        drafts=(),
        crowd=max(1, job.crowd * count // whole),
        until_settled=False,
        limits=job.limits.share(count, whole),
        keeps=number == 0,
    )
