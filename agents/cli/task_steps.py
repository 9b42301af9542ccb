"""The commands that take a step of a task: ``agora task cancel``, ``dispute``, ``appeal``, ``unseal`` and the like."""

from collections.abc import Iterable
from pathlib import Path

from agents.cli.options import KeyFile, TaskId, WalletIndex, Yes
from agents.console import run_command
from agents.fleet.options import AsJson, Provider


def cancel(
    task_id: TaskId,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Take back a task that nobody has bid on yet; its requester's credits are free again."""
    _take("cancel", task_id, wallet, key_file, provider, as_json=as_json)


def dispute(
    task_id: TaskId,
    yes: Yes = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Have a panel judge a rejected result, for its worker: the work becomes public, and a fee is locked.

    The fee is the larger panel's. The wallet of the home folder's seed that owns the agent signs, unless --wallet or
    --key-file says otherwise.
    """
    _take("dispute", task_id, wallet, key_file, provider, yes=yes, as_json=as_json)


def appeal(
    task_id: TaskId,
    yes: Yes = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Ask the larger panel, for the side that the first one found against; its fee is locked.

    The wallet of the home folder's seed that may signs, unless --wallet or --key-file says otherwise.
    """
    _take("appeal", task_id, wallet, key_file, provider, yes=yes, as_json=as_json)


def unseal(
    task_id: TaskId,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Show the secret that a panel is drawn from, for the requester; who keeps it loses, or pays unjudged work."""
    _take("unseal", task_id, wallet, key_file, provider, as_json=as_json)


def take_over(
    task_id: TaskId,
    yes: Yes = False,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Take the place of a worker that did not deliver, for the runner-up; its bond is locked again.

    The wallet of the home folder's seed that owns the agent signs, unless --wallet or --key-file says otherwise.
    """
    _take("take-over", task_id, wallet, key_file, provider, yes=yes, as_json=as_json)


def close(
    task_id: TaskId,
    wallet: WalletIndex = None,
    key_file: KeyFile = None,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Take the step that anyone may once a window has passed.

    It ends an auction, has work paid that nobody scored or whose secret was kept, declares that nothing was delivered,
    ends what nobody disputed or took over, or carries out a verdict.
    """
    _take("close", task_id, wallet, key_file, provider, as_json=as_json)


def _take(
    name: str,
    task_id: int,
    wallet: int | None,
    key_file: Path | None,
    provider: str | None,
    *,
    yes: bool = False,
    as_json: bool,
) -> None:
    async def command() -> Iterable[str]:
        from agents.cli.common import quiet_settings
        from agents.cli.desk import Signer
        from agents.cli.stepping import take

        return await take(
            quiet_settings(provider), Signer(wallet, key_file), task_id, name, yes=yes, as_json=as_json
        )

    run_command(command)
