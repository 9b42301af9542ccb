"""A person at a command line: commands as they are typed, with a home of one's own, beside a market that goes on."""

import asyncio
import json

from typer.testing import CliRunner

from agents.chain.wallet import Seed
from agents.cli import app
from agents.cli.options import PERSON_WALLET


class Newcomer:
    """Types commands; the environment says where the chain is."""

    def __init__(self, home):
        self.home = home

    @property
    def wallet(self):
        """The wallet that commands sign with."""
        return Seed.open(self.home).wallet(PERSON_WALLET)

    async def run(self, *typed):
        """Exit code, standard output, standard error."""
        done = await asyncio.to_thread(CliRunner().invoke, app, list(map(str, typed)))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    async def does(self, *typed):
        """What a command says that ends well."""
        code, said, beside = await self.run(*typed)
        assert code == 0, beside
        return said

    async def tells(self, *typed):
        """The one JSON document of a command."""
        return json.loads(await self.does(*typed, "--json"))

    async def refused(self, *typed):
        """The one sentence with which a command refuses, and nothing else."""
        code, said, beside = await self.run(*typed)
        assert (code, said) == (2, ""), (code, said, beside)
        lines = [one for one in beside.splitlines() if "test credits" not in one]
        assert len(lines) == 1, beside
        assert lines[0].startswith("error: ")
        return lines[0]


SUM = ("--title", "Sum", "--description", "What is 2 + 2?", "--skill", "mathematics", "--reward", "20")
