"""The job, and the caps, that options of the command line describe."""

from pathlib import Path

from agents.fleet.app import Job, batch_of
from agents.fleet.caps import Limits
from agents.fleet.definitions import AGENT_DEFINITIONS, fleet
from agents.fleet.strategies import policy_of
from agents.money import parse_credits
from agents.requester import Windows


def job_of(
    agents: int | None,
    policy: str,
    create_tasks: bool,
    tasks: Path | None,
    limit: int | None,
    windows: tuple[int, int, int, int],
    *,
    until_settled: bool = False,
    seed_phrase_file: Path | None = None,
) -> Job:
    """The job that the options describe; raises UserError for what cannot be."""
    policy_of(policy)
    source, drafts = batch_of(create_tasks, tasks, limit)
    count = agents if agents is not None else (0 if create_tasks else len(AGENT_DEFINITIONS))
    return Job(
        agents=fleet(count, policy),
        source=source,
        drafts=drafts,
        # A requester without agents has nothing to wait for once its own tasks have ended.
        until_settled=until_settled or count == 0,
        seed_phrase_file=seed_phrase_file,
        windows=Windows(*windows),
    )


def limits_of(written: tuple[str | None, str | None, str | None, str | None], **counts: int | None) -> Limits:
    """The caps: credits in all, an agent, an hour and a task as decimal numbers, and how many of what else.

    Raises InvalidAmount or SettingOutOfRange.
    """
    amounts = (None if text is None else parse_credits(text) for text in written)
    return Limits(*amounts, **counts)
