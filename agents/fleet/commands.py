"""``agora forecast``: what a fleet's run would come to."""

import json
from collections.abc import Iterable

from agents.console import run_command
from agents.fleet import options


def forecast(
    agents: options.Agents = None,
    policy: options.Policy = "learned",
    create_tasks: options.CreateTasks = False,
    tasks: options.TasksFile = None,
    limit: options.Limit = None,
    bidding: options.Bidding = 30,
    reveal: options.Reveal = 20,
    delivery: options.Delivery = 600,
    review: options.Review = 60,
    as_json: options.AsJson = False,
) -> None:
    """What run_agents.py with the same options would come to, for agents that are new to the market.

    It is reckoned from the options, and corrected by the finished runs with the same model and policy that AGORA_HOME
    knows of. Nothing is sent, and no chain and no model are asked.
    """

    async def command() -> Iterable[str]:
        from agents.fleet.foretelling import foretell
        from agents.fleet.jobs import job_of
        from agents.logs import configure
        from agents.settings import Settings

        settings = Settings()
        configure(settings.log_level)
        windows = (bidding, reveal, delivery, review)
        found = foretell(settings, job_of(agents, policy, create_tasks, tasks, limit, windows))
        return [json.dumps(found.as_json())] if as_json else found.lines()

    run_command(command)
