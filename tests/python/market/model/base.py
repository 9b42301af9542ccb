"""What all operations need: the clock, the accounts, the tasks, and the tale of what happens."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from eth_utils.crypto import keccak

from agents.chain.abi import encode

from .book import Book
from .law import Event, Refused, State, Terms, account_of, account_of_agent, need
from .task import Task

if TYPE_CHECKING:
    from .channels import Channel, Key, Pledge
    from .people import Agent

Digest = Callable[[int, int, int, int, bytes], int]
"""Of task, agent, price, promise and salt, in 200 bits."""


def digest_of(task_id: int, agent: int, price: int, promised: int, salt: bytes) -> int:
    """A commitment that is bound to no chain."""
    kinds = ("uint256", "uint256", "uint256", "uint256", "bytes32")
    return int.from_bytes(keccak(encode(kinds, (task_id, agent, price, promised, salt)))) >> 56


Seal = Callable[[int, int, bytes, bytes], bytes]
"""Of task, agent, result and salt: the commitment of a race's entry."""


def seal_of(task_id: int, agent: int, result: bytes, salt: bytes) -> bytes:
    """Such a commitment, bound to no chain."""
    return keccak(encode(("uint256", "uint256", "bytes32", "bytes32"), (task_id, agent, result, salt)))


METER = "0x" + "ee" * 20
"""Where the deposits of all channels are, on no chain."""

M = TypeVar("M", bound="Base")
P = ParamSpec("P")


def operation(act: Callable[Concatenate[M, P], None]) -> Callable[Concatenate[M, P], list[Event]]:
    """Something that can be asked of a market, which tells the events of it alone."""

    @wraps(act)
    def asked(market: M, /, *args: P.args, **kwargs: P.kwargs) -> list[Event]:
        market.told.clear()
        act(market, *args, **kwargs)
        return list(market.told)

    return asked


class Base:
    """The state of a market. Credits stay: each check of an operation comes before its first change."""

    def __init__(
        self,
        now: int,
        treasury: int,
        pool: str,
        terms: Terms | None = None,
        *,
        judges: Iterable[str] = (),
        meter: str = METER,
        digest: Digest = digest_of,
        seal: Seal = seal_of,
    ) -> None:
        self.now, self.treasury, self.pool, self.digest_of, self.seal_of = now, treasury, pool, digest, seal
        self.contracts = {pool, *judges}
        self.deposits, self.challenge_window = account_of(meter), 60
        self.terms = terms or Terms()
        self.seats = 7
        self.told: list[Event] = []
        self.book = Book(self.told)
        self.agents: dict[int, Agent] = {}
        self.tasks: dict[int, Task] = {}
        self.nonces: set[tuple[str, int]] = set()
        self.channels: dict[Key, Channel] = {}
        self.stakes: dict[int, Pledge] = {}
        self.lines: dict[tuple[str, int, int], int] = {}

    def tell(self, name: str, *arguments: Any) -> None:
        """Something has happened."""
        self.told.append((name, *arguments))

    def obeys(self, agent: int, caller: str) -> bool:
        """Whether the caller may act for the agent."""
        return agent in self.agents and self.agents[agent].obeys(caller)

    def task(self, task_id: int) -> Task:
        """The task, if there is one."""
        if task_id not in self.tasks:
            raise Refused("TaskNotFound", task_id)
        return self.tasks[task_id]

    def task_in(self, task_id: int, state: State) -> Task:
        """The task, if it is there and in this state."""
        task = self.task(task_id)
        need(task.state is state, "WrongState", task_id, task.state)
        return task

    def as_worker(self, task: Task, caller: str) -> None:
        """Refuse whoever may not act for the task's worker."""
        need(self.obeys(task.agent, caller), "NotWorker", task.id, caller)

    def before(self, task: Task) -> None:
        """Refuse once the window of the task's state is over."""
        need(self.now < task.deadline, "WindowClosed", task.id, task.deadline, self.now)

    def after(self, task: Task) -> None:
        """Refuse while the window of the task's state lasts."""
        need(self.now >= task.deadline, "WindowOpen", task.id, task.deadline, self.now)

    # Pledges

    def pledge(self, task: Task, account: int, amount: int) -> None:
        """Lock credits for the task."""
        self.book.lock(account, amount)
        task.pledged[account] += amount

    def give_back(self, task: Task, account: int) -> None:
        """Free all that the account has pledged, if anything."""
        amount = task.pledged.pop(account, 0)
        if amount:
            self.book.unlock(account, amount)

    def give_up(self, task: Task, source: int, target: int, amount: int) -> None:
        """Pay out of a pledge."""
        if amount:
            task.pledged[source] -= amount
            self.book.pay(source, target, amount)

    def destroy(self, task: Task, agent: int, amount: int) -> None:
        """Burn a part of an agent's pledge."""
        account = account_of_agent(agent)
        task.pledged[account] -= amount
        self.book.burn(account, amount)
