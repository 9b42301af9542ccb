"""``agora forecast``: what a fleet's run would come to."""

import json
from collections.abc import Iterable

from agents.console import run_command
from agents.fleet import options
from agents.fleet.app import Job
from agents.fleet.forecast import Forecast, foresee
from agents.fleet.history import History
from agents.fleet.reckoning import policies
from agents.llm.prices import PriceTable
from agents.llm.upstreams.choice import model_name
from agents.logs import configure
from agents.settings import Settings


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
        settings = Settings()
        configure(settings.log_level)
        windows = (bidding, reveal, delivery, review)
        found = foretell(settings, options.job_of(agents, policy, create_tasks, tasks, limit, windows))
        return [json.dumps(found.as_json())] if as_json else found.lines()

    run_command(command)


def foretell(settings: Settings, job: Job) -> Forecast:
    """The forecast of a job whose agents are all new. Raises HistoryUnreadable, and BadSetting for the model's."""
    name = _model_name(settings)
    price = PriceTable.load(settings.models).price_for(name)
    past = History(settings.home)
    found = foresee(job.plan(name, price, len(job.agents)))
    return found.corrected(past.factors(name, policies(job.agents))).told(past.steps(name), past.skills(name))


def _model_name(settings: Settings) -> str:
    """What the agents will think with. A gateway of somebody else's is not asked: it is known by the setting alone."""
    if settings.gateway is None:
        return model_name(settings)
    return settings.model or "the gateway's first model"
