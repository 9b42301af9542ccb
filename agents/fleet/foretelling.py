"""What ``agora forecast`` says: a job's forecast, corrected by what runs like it came to."""

from agents.fleet.app import Job
from agents.fleet.forecast import Forecast, foresee
from agents.fleet.history import History
from agents.fleet.reckoning import policies
from agents.llm.prices import PriceTable
from agents.llm.upstreams.choice import model_name
from agents.settings import Settings


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
