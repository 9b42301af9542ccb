"""How ``agora up`` tells what comes up, and where it is."""

import asyncio
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console

from agents.cli.home import Market
from agents.cli.parts import Plan, Voice, keep_up
from agents.cli.show import document
from agents.errors import BadSetting
from agents.fleet.app import Job
from agents.fleet.progress import Drawn, Progress, Quiet, telling
from agents.fleet.starting import interruptible
from agents.logs import configure
from agents.settings import Settings

LOG = "agora.log"


def settings_at(home: Path | None) -> Settings:
    """The settings of a market in this folder, where its log is written from now on. Raises BadSetting."""
    settings = Settings() if home is None else Settings(home=home)
    if settings.gateway is not None:
        raise BadSetting("AGORA_GATEWAY", "is set, but `agora up` runs a gateway of its own: unset it")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    configure(settings.log_level, as_json=True, file=settings.home / LOG)
    return settings


async def tell_of(settings: Settings, plan: Plan, *, as_json: bool) -> Iterable[str]:
    """The market is up until Ctrl-C, the end of its job, or a failure; what there is to say at the end.

    Raises what ``keep_up`` raises.
    """
    terminal, stop = Console(stderr=True), asyncio.Event()
    steps = _Steps(terminal, settings, plan.job, as_json=as_json)
    shown: Progress = Drawn(terminal) if terminal.is_terminal else Quiet()
    with interruptible(stop), steps, telling(shown, "replaying") as told:
        voice = Voice(steps.step, steps.ready, shown, told)
        said = await keep_up(settings, plan, voice, stop)
    ended = [*said, "stopped; the same command goes on from here"]
    if as_json:
        sys.stderr.write("".join(f"{one}\n" for one in ended))
        return []
    return ended


class _Steps:
    """Says what comes up, and at the end where it is."""

    def __init__(self, terminal: Console, settings: Settings, job: Job, *, as_json: bool) -> None:
        self._terminal, self._settings, self._job, self._as_json = terminal, settings, job, as_json
        self._mark = ExitStack()

    def __enter__(self) -> "_Steps":
        return self

    def __exit__(self, *_: object) -> None:
        self._mark.close()

    def step(self, part: str) -> None:
        """A part comes up."""
        self._mark.close()
        if self._terminal.is_terminal:
            self._mark.enter_context(self._terminal.status(f"starting {part} …"))
        else:
            sys.stderr.write(f"starting {part} …\n")

    def ready(self, market: Market) -> None:
        """Everything is up."""
        self._mark.close()
        if self._as_json:
            found = market.model_dump(mode="json") | {"home": str(self._settings.home)}
            typer.echo("\n".join(document(found)))
            return
        for line in self._beside(market):
            self._terminal.print(line, style="dim", highlight=False, soft_wrap=True)
        typer.echo(f"Agora is at {market.explorer} (Ctrl-C stops it)")

    def _beside(self, market: Market) -> list[str]:
        given = [_count(len(self._job.agents), "agent")]
        if self._job.source:
            given.append(_count(len(self._job.drafts), "task"))
        return [
            f"node      {market.provider}",
            f"models    {market.gateway}",
            f"fleet     {', '.join(given)}",
            f"home      {self._settings.home}, log {LOG}",
        ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
