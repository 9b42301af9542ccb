"""``agora forecast``: the options of a fleet, as words and as JSON, without a chain or a model."""

import json

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.fleet.forecast import COUNTED
from agents.fleet.foretelling import foretell
from agents.fleet.history import FinishedRun, History
from agents.fleet.jobs import job_of
from agents.settings import Settings

UNSET = dict.fromkeys(("OPENAI_API_KEY", "OPENAI_BASE_URL", "AGORA_MODEL", "AGORA_GGUF"), "")


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture
def ask(home):
    return lambda *arguments: CliRunner(env=UNSET | {"AGORA_HOME": str(home)}).invoke(
        app, ["forecast", *arguments]
    )


def test_the_forecast_in_words(home, ask):
    done = ask("--agents", "5", "--create-tasks")
    assert done.exit_code == 0
    assert "12 tasks and 5 agents with SmolLM2" in done.stdout.splitlines()[0]
    assert [
        word for word in ("transactions", "model calls", "time", "locked in tasks") if word not in done.stdout
    ] == []
    assert list(home.iterdir()) == [], "nothing is made by asking"


def test_the_forecast_for_machines_knows_of_past_runs(home, ask):
    settings = Settings(home=home, openai_api_key=None, openai_base_url=None, model=None, gguf=None)
    fresh = foretell(settings, job_of(5, "truthful", True, None, None, (30, 20, 600, 60)))
    reckoned = {name: fresh.figures[name].expected for name in COUNTED}
    doubled = {name: 2 * value for name, value in reckoned.items()}
    model = fresh.title.partition(" with ")[2]
    run = FinishedRun("2026-01-01", "31337-ab", model, "truthful", 5, 12, "settled", doubled, reckoned)
    History(home).add(run)
    said = json.loads(ask("--agents", "5", "--create-tasks", "--policy", "truthful", "--json").stdout)
    assert said["past"] == 1
    assert said["transactions"]["expected"] == pytest.approx(2 * reckoned["transactions"], abs=1)
    other = json.loads(ask("--agents", "5", "--create-tasks", "--json").stdout)
    assert other["past"] == 0


def test_a_mistake_is_one_sentence(ask):
    done = ask("--agents", "5", "--policy", "bold")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: there is no policy 'bold'")
