"""``agora usage``: what thinking has cost, and proofs of it that hold against the chain."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer

from agents.cli.common import deployed, settings_of
from agents.console import FAILURE, run_command
from agents.fleet.options import AsJson, Provider
from agents.llm.gateway.proving import Proven, prove_call
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.records import Records, Spending, records_in
from agents.money import format_credits

PLACES = 6

usage = typer.Typer(
    help="What thinking has cost, by task; `agora usage prove CALL` holds one call against the chain."
)


@usage.callback(invoke_without_command=True)
def history(
    context: typer.Context,
    agent: Annotated[int | None, typer.Option(help="Only what this agent, by its id, has thought.")] = None,
    task: Annotated[int | None, typer.Option(help="Each call for this task; 0 for those of none.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most lines.")] = 20,
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """What thinking has cost, by task, the latest first."""
    if context.invoked_subcommand is not None:
        return

    async def command() -> Iterable[str]:
        settings = settings_of(provider)
        async with deployed(settings) as (_, deployment):
            key = deployment.key
        with records_in(settings.home / key) as stores:
            if task is not None:
                receipts = _calls(stores, agent, task, limit)
                return _lines(
                    receipts, as_json, Receipt.as_json, _call_line, "no call for this task was charged"
                )
            spent = [one for store in stores for one in store.spending(agent, limit=limit)][:limit]
            return _lines(spent, as_json, Spending.as_json, _spending_line, "no call was charged")

    run_command(command)


@usage.command()
def prove(
    call: Annotated[str, typer.Argument(help="The receipt's name, as `agora usage --task` lists it.")],
    provider: Provider = None,
    as_json: AsJson = False,
) -> None:
    """Show a receipt and verify it on chain, against the newest root of its channel that was redeemed.

    Exits 1 when no redeemed root has it yet.
    """
    proven = None

    async def command() -> Iterable[str]:
        nonlocal proven
        settings = settings_of(provider)
        async with deployed(settings) as (rpc, deployment):
            with records_in(settings.home / deployment.key) as stores:
                proven = await prove_call(rpc, deployment, stores, call)
        return [json.dumps(proven.as_json())] if as_json else _proof_lines(proven)

    run_command(command)
    if proven is None or not proven.holds:
        raise typer.Exit(FAILURE)


def _calls(stores: Sequence[Records], agent: int | None, task: int, limit: int) -> list[Receipt]:
    found = [one for store in stores for one in store.latest(agent, task, limit)]
    return sorted(found, key=lambda one: one.time, reverse=True)[:limit]


def _lines(
    found: Sequence[Any],
    as_json: bool,
    to_json: Callable[[Any], dict[str, Any]],
    to_line: Callable[[Any], str],
    nothing: str,
) -> Iterable[str]:
    if as_json:
        return [json.dumps([to_json(one) for one in found])]
    return [to_line(one) for one in found] or [nothing]


def _spending_line(spent: Spending) -> str:
    what = f"task {spent.task}" if spent.task else "no task"
    return (
        f"{what:<10} agent {spent.agent_id:<6} {format_credits(spent.cost, PLACES):>16} credits  "
        f"{spent.calls:>4} calls  {spent.usage.prompt_tokens:>8} + {spent.usage.completion_tokens:<7} tokens  "
        f"{spent.model}"
    )


def _call_line(receipt: Receipt) -> str:
    used = receipt.usage
    return (
        f"{receipt.call:<22} agent {receipt.agent_id:<6} {receipt.purpose:<10} "
        f"{format_credits(receipt.cost, PLACES):>14} credits  "
        f"{used.prompt_tokens:>6} + {used.completion_tokens:<5} tokens  {receipt.model}"
    )


def _proof_lines(proven: Proven) -> Iterable[str]:
    receipt = proven.receipt
    yield from (f"{name:<18} {value}" for name, value in receipt.as_json().items())
    if proven.redeemed is None:
        yield "not yet redeemed: the chain has no voucher of this channel"
        return
    cumulative = format_credits(proven.redeemed.cumulative, PLACES)
    if not proven.path and not proven.holds:
        yield f"not yet redeemed: the newest voucher on chain is for {cumulative} credits, before this call"
        return
    yield f"{'redeemed':<18} {cumulative} credits, receipts' root 0x{proven.redeemed.receipts_root.hex()}"
    yield from (f"{'proof' if not at else '':<18} 0x{one.hex()}" for at, one in enumerate(proven.path))
    yield "verified by UsageMeter.verifyReceipt" if proven.holds else "REFUSED by UsageMeter.verifyReceipt"
