"""What ``agora task dispute``, ``close`` and their like do: one step of a task, by whoever may take it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from eth_utils.crypto import keccak

from agents.chain.deployment import Deployment
from agents.chain.logs import Receipt
from agents.chain.reader import read
from agents.chain.rpc import Rpc
from agents.cli.desk import Desk, Signer, open_desk
from agents.cli.index import Reading, reading
from agents.cli.ledger_views import entries
from agents.cli.owners import owner_of
from agents.cli.show import confirmed, credits_of, document, line, moment, page, working
from agents.errors import InsufficientFunds, SecretUnknown, StepNotDue
from agents.explorer.api.models import TaskDetail
from agents.explorer.schema.columns import account_text
from agents.market.domain import MarketTerms, account_of, account_of_agent
from agents.market.marketplace import Marketplace
from agents.money import format_credits
from agents.settings import Settings

Account = Callable[[Rpc, Deployment, TaskDetail], Awaitable[int | None]]
Send = Callable[[Desk, TaskDetail, str], Awaitable[Receipt]]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done about a task."""

    done: str
    """What the task then is: disputed, closed."""
    due: Callable[[TaskDetail], bool]
    account: Account
    """The Ledger account of whoever may; None for anyone."""
    send: Send
    locks: Callable[[TaskDetail], int] = lambda _: 0
    """Units of that account."""
    warning: str = ""
    """What else follows."""


async def take(
    settings: Settings, signer: Signer, task_id: int, name: str, *, yes: bool, as_json: bool
) -> Iterable[str]:
    """The step of this name is taken; what there is to say of it.

    The signer's wallet takes it, or where none was asked for, the wallet of the seed that may. Who has to lock credits
    is asked first, unless ``yes``. Raises NoSuchThing, StepNotDue, NotForThisWallet, InsufficientFunds, SecretUnknown,
    ContentError, ContractError, and what ``open_desk`` raises.
    """
    step, wallet = STEPS[name], signer.wallet(settings)
    async with reading(settings) as index:
        task = await index.task(task_id)
        _check_due(task, step)
        account = await step.account(index.rpc, index.deployment, task)
        if account is not None:
            wallet = await owner_of(
                index.rpc, index.deployment, settings, account, wallet, alone=signer.unasked
            )
    units = step.locks(task)
    if account is not None and units and not yes and not confirmed(_question(step, account, units), "--yes"):
        return []
    async with open_desk(settings, signer, wallet) as desk:
        await desk.bring_gas(wallet.address)
        if account is not None and units:
            await _afford(desk, account, units, f"for task {task_id} to be {step.done}")
        with working(f"sending {name}"):
            sent = await desk.once(f"{name}:{task_id}", lambda intent: step.send(desk, task, intent))
    async with reading(settings) as index:
        return await _told(index, task_id, name, sent.tx_hash, as_json=as_json)


def _check_due(task: TaskDetail, step: Step) -> None:
    if step.due(task):
        return
    waits = task.next_step
    what = "Nothing is left to be done." if waits is None else waits.what
    raise StepNotDue(task.id, step.done, task.state, what, moment(waits.deadline if waits else None))


def _question(step: Step, account: int, units: int) -> str:
    return f"{step.warning}{credits_of(units)} credits of {account_text(account)} are locked: go on?"


async def _afford(desk: Desk, account: int, units: int, what: str) -> None:
    if account == desk.account:
        await desk.afford(units, what)
        return
    free = (await desk.market.balance(account)).free
    if free < units:
        raise InsufficientFunds(account_text(account), format_credits(free), format_credits(units), what)


async def _told(index: Reading, task_id: int, name: str, tx: str, *, as_json: bool) -> Iterable[str]:
    """Where the task stands, what happened in the transaction, and what credits it moved."""
    task = await index.task(task_id)
    happened = [one.text for one in task.timeline if one.tx == tx]
    moved = [one for one in task.money if one.tx == tx]
    if as_json:
        return document(
            {
                "id": task_id,
                "step": name,
                "tx": tx,
                "state": task.state,
                "happened": happened,
                "money": [one.model_dump(mode="json") for one in moved],
            }
        )
    lines = [line(text).plain for text in happened]
    table = [*page(entries(moved))] if moved else []
    return [*lines, *table, f"task {task_id} is {task.state}; transaction {tx}"]


# Whose step it is


async def _anyone(_: Rpc, __: Deployment, ___: TaskDetail) -> int | None:
    return None


async def _requester(_: Rpc, __: Deployment, task: TaskDetail) -> int:
    return account_of(task.requester)


async def _worker(_: Rpc, __: Deployment, task: TaskDetail) -> int:
    assert task.agent is not None, "it was awarded"
    return account_of_agent(task.agent)


async def _loser(rpc: Rpc, deployment: Deployment, task: TaskDetail) -> int:
    """Whom the panel found against."""
    failed = (task.score or 0) < task.passing_score
    return await (_worker if failed else _requester)(rpc, deployment, task)


async def _runner_up(rpc: Rpc, deployment: Deployment, task: TaskDetail) -> int:
    found = await read(rpc, deployment.auction.runner_up_of(task.id))
    if not found:
        raise StepNotDue(task.id, "taken over", task.state, "Nobody else had bid.", "")
    return account_of_agent(found)


# What it locks, in units


def _terms(task: TaskDetail) -> MarketTerms:
    return MarketTerms(task.fee_bps, task.bond_percent, task.seat_fee)


def _appeal_fee(task: TaskDetail) -> int:
    """What whoever appeals locks beside what is locked for the task already."""
    return _terms(task).appeal_fee if task.evaluated_by == "pool" else _terms(task).panel_fee


# How it is sent


@dataclass(frozen=True, slots=True)
class _Filed:
    """A task's digests, of which the contract keeps one hash."""

    id: int
    specification: bytes
    seal: bytes
    result: bytes | None


def _digest(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _filed(task: TaskDetail) -> _Filed:
    result = None if task.result is None else _digest(task.result)
    return _Filed(task.id, _digest(task.specification), _digest(task.seal), result)


async def _cancel(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    return await desk.market.cancel(desk.wallet, task.id, intent=intent)


async def _dispute(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    filed = _filed(task)
    assert filed.result is not None, "it was delivered"
    work = await desk.content.get(filed.result)
    return await desk.market.dispute(desk.wallet, filed, work, intent=intent)


async def _appeal(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    return await desk.market.appeal(desk.wallet, task.id, intent=intent)


async def _unseal(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    filed = _filed(task)
    if keccak(desk.market.secret(desk.wallet, filed.specification)) != filed.seal:
        raise SecretUnknown(task.id)
    return await desk.market.unseal(desk.wallet, filed, intent=intent)


async def _take_over(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    agent = await read(desk.rpc, desk.deployment.auction.runner_up_of(task.id))
    return await desk.market.take_over(desk.wallet, task.id, agent, intent=intent)


async def _close(desk: Desk, task: TaskDetail, intent: str) -> Receipt:
    send = _closing(task)
    assert send is not None, "it is due"
    return await send(desk.market, desk.wallet, task.id, intent=intent)


_CLOSES: Mapping[str, Callable[..., Awaitable[Receipt]]] = {
    "finalize": Marketplace.finalize,
    "expire": Marketplace.finalize,
    "declareDefault": Marketplace.declare_default,
    "release": Marketplace.release,
    "closeRejected": Marketplace.close_rejected,
    "closeDefaulted": Marketplace.close_defaulted,
    "closeSealed": Marketplace.close_sealed,
    "closeRuled": Marketplace.close_ruled,
}
_RACE_CLOSES: Mapping[str, Callable[..., Awaitable[Receipt]]] = {
    "finalize": Marketplace.advance_race,
    "release": Marketplace.release_race,
}


def _closing(task: TaskDetail) -> Callable[..., Awaitable[Receipt]] | None:
    """What anyone may do about the task now, as its window has passed; None if it has not."""
    waits = task.next_step
    if waits is None or waits.deadline is not None:
        return None
    return (_RACE_CLOSES if task.mode == "Race" else _CLOSES).get(waits.action)


def _waits_for(action: str) -> Callable[[TaskDetail], bool]:
    return lambda task: task.next_step is not None and task.next_step.action == action


STEPS: Mapping[str, Step] = {
    "cancel": Step(
        "cancelled", lambda task: task.state == "Open" and task.commitments == 0, _requester, _cancel
    ),
    "dispute": Step(
        "disputed",
        _waits_for("dispute"),
        _worker,
        _dispute,
        lambda task: _terms(task).appeal_fee,
        "everybody can then read the work, and ",
    ),
    "appeal": Step("appealed", _waits_for("appeal"), _loser, _appeal, _appeal_fee),
    "unseal": Step("unsealed", _waits_for("unseal"), _requester, _unseal),
    "take-over": Step(
        "taken over",
        _waits_for("takeOver"),
        _runner_up,
        _take_over,
        lambda task: _terms(task).bond(task.reserve),
    ),
    "close": Step("closed", lambda task: _closing(task) is not None, _anyone, _close),
}
