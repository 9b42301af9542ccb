"""One agent of one's own, from the command line."""

import hashlib
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from agents.agent_config import AgentLearningConfig
from agents.console import run_command, run_script
from agents.errors import SettingOutOfRange
from agents.fleet.app import Job, run_job
from agents.fleet.definitions import AgentDefinition
from agents.fleet.options import JsonLogs
from agents.fleet.progress import for_person
from agents.fleet.strategies import policy_of
from agents.logs import configure
from agents.market.specification import skill_bytes
from agents.settings import Settings

DEFAULT_WEIGHT = 70
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")


def parse_capabilities(text: str) -> dict[str, int]:
    """``research=80,writing`` as skills with weights; a skill without one gets DEFAULT_WEIGHT."""
    capabilities = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        skill, _, weight = part.partition("=")
        if weight and not (weight.isascii() and weight.isdigit() and int(weight) <= 100):
            raise SettingOutOfRange(f"the weight of {skill}", weight, "a whole number from 0 to 100")
        skill_bytes(skill)
        capabilities[skill] = int(weight) if weight else DEFAULT_WEIGHT
    if not capabilities:
        raise SettingOutOfRange("--capabilities", text, "skills with commas between them: research,writing")
    return capabilities


def check_name(name: str) -> None:
    """Raises SettingOutOfRange for what cannot be an agent's name."""
    if not _NAME.fullmatch(name):
        raise SettingOutOfRange("--name", name, "letters, digits and -, at most 32, a letter first")


def office_of(name: str) -> str:
    """The store of an agent that stands alone."""
    return f"agent-{name}"


def wallet_index(name: str) -> int:
    """The wallet of an agent that stands alone: far from the fleets' indices, the same for the same name."""
    return 2**30 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 2**30


def run_agent(
    capabilities: Annotated[str, typer.Option(help="Skills, with weights if you like: research=80,writing.")],
    profile: Annotated[
        str, typer.Option(help="How it bids: balanced, aggressive, conservative, …")
    ] = "balanced",
    policy: Annotated[
        str, typer.Option(help="What names its prices: learned, adaptive, truthful, markup or closed-form.")
    ] = "learned",
    name: Annotated[str, typer.Option(help="The agent's name; the same name is the same agent.")] = "Agent",
    role: Annotated[str, typer.Option(help="A few words on what it is.")] = "",
    provider: Annotated[str | None, typer.Option(help="The chain's JSON-RPC address.")] = None,
    until_settled: Annotated[
        bool, typer.Option("--until-settled", help="Stop when every open task has ended.")
    ] = False,
    seed_phrase_file: Annotated[
        Path | None, typer.Option(help="A file with the BIP-39 phrase of the wallet.")
    ] = None,
    json_logs: JsonLogs = False,
) -> None:
    """Register one agent and let it earn; stopped and started again, it goes on where it was."""

    async def command() -> list[str]:
        settings = Settings() if provider is None else Settings(provider=provider)
        configure(settings.log_level, as_json=json_logs)
        check_name(name)
        AgentLearningConfig.profile(profile)
        policy_of(policy)
        job = Job(
            agents=[AgentDefinition(name, role, parse_capabilities(capabilities), profile, policy)],
            first_wallet=wallet_index(name),
            office=office_of(name),
            until_settled=until_settled,
            seed_phrase_file=seed_phrase_file,
        )
        return await run_job(settings, job, progress=for_person(sys.stderr, as_json=json_logs))

    run_command(command)


def main() -> None:
    """The command line of ``agents/agent.py``."""
    run_script(run_agent)
