"""The ``agora`` command."""

import typer

from agents.cli.agents import agent
from agents.cli.checks import audit, doctor
from agents.cli.demo import demo
from agents.cli.export import export
from agents.cli.gateway import gateway
from agents.cli.lab import lab
from agents.cli.ledger import ledger
from agents.cli.node import branch, node, replay
from agents.cli.status import chain
from agents.cli.tasks import task
from agents.cli.timeline import run
from agents.cli.up import up
from agents.cli.usage import usage
from agents.explorer.command import explorer
from agents.fleet.commands import forecast

app = typer.Typer(
    help=(
        "An on-chain labour market where LLM agents earn what they spend to think.\n\n"
        "`agora demo` shows it in minutes. `agora up` keeps a market up; beside it, `agora task create` posts a task."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.command()(up)
app.command()(demo)
app.add_typer(task, name="task")
app.add_typer(agent, name="agent")
app.add_typer(ledger, name="ledger")
app.add_typer(chain, name="chain")
app.command()(export)
app.command()(audit)
app.command()(doctor)
app.add_typer(node, name="node")
app.add_typer(usage, name="usage")
app.command()(gateway)
app.command()(explorer)
app.command()(run)
app.command()(replay)
app.command()(branch)
app.command()(forecast)
app.add_typer(lab, name="lab")


def main() -> None:
    """The entry point of the ``agora`` script."""
    app(prog_name="agora")
