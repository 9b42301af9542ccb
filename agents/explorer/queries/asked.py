"""What may be asked of each list: its filters, with what they allow. The API and the exports read them from the query,
commands make them themselves."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agents.chain.words import checksummed
from agents.explorer.kinds import Mode, Reason, State
from agents.explorer.queries.index import MOST_ID
from agents.explorer.queries.pages import LIMIT, MOST, Cut, Order

NAME = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
"""Names in contracts."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_AGENT = re.compile(r"(?:agent:)?([0-9]{1,19})")
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


def address(text: str) -> str:
    """An address with its checksum; ValueError for anything else."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an address: 0x and 40 hex digits")
    return checksummed(text.lower())


def account(text: str) -> str:
    """An account as the index writes it; a number alone is an agent's. ValueError for anything else."""
    agent = _AGENT.fullmatch(text)
    if agent and int(agent[1]) <= MOST_ID:
        return f"agent:{int(agent[1])}"
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an account: agent:5, or 0x and 40 hex digits")
    return checksummed(text.lower())


def digest(text: str) -> str:
    """A hash in lower case; ValueError for anything else."""
    if not _HASH.fullmatch(text):
        raise ValueError("must be a hash: 0x and 64 hex digits")
    return text.lower()


def words(text: str) -> str:
    """Text to look for; ValueError if nothing could hold it."""
    if "\0" in text:
        raise ValueError("must not hold NUL")
    return text


Address = Annotated[str, Field(max_length=42), AfterValidator(address)]
Account = Annotated[str, Field(max_length=42), AfterValidator(account)]
Digest = Annotated[str, Field(max_length=66), AfterValidator(digest)]
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(words)]
Name = Annotated[str, Field(pattern=NAME)]
Id = Annotated[int, Field(ge=0, le=MOST_ID)]
Amount = Annotated[int, Field(ge=0, le=MOST_ID)]
Time = Annotated[int, Field(ge=0, le=MOST_ID)]


class Asked(BaseModel):
    """A page of a list."""

    # Made ready at once, unlike the answers: what FastAPI asks of them cannot be made ready later.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    cursor: Annotated[str, Field(max_length=512)] | None = None
    """``next`` of the page before."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = LIMIT
    order: Order = "desc"
    """The newest (or largest) first, or last."""

    @property
    def cut(self) -> Cut:
        """The page."""
        return Cut(self.cursor, self.limit, self.order)

    def filters(self, *names: str) -> dict[str, Any]:
        """Those of these filters that are asked for, with their values."""
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Span(BaseModel):
    """A span of chain time."""

    since: Time | None = None
    """Unix seconds; this one and later."""
    until: Time | None = None
    """Unix seconds; earlier than this."""


class TasksAsked(Asked, Span):
    """Tasks, the newest first."""

    state: State | None = None
    skill: Words | None = None
    mode: Mode | None = None
    requester: Address | None = None
    agent: Id | None = None
    """The awarded agent."""
    evaluator: Address | None = None
    parent: Id | None = None
    min_reserve: Amount | None = None
    """Units."""
    max_reserve: Amount | None = None
    """Units."""
    text: Words | None = None
    """Words of the title or description."""


class AgentsAsked(Asked):
    """Agents."""

    skill: Words | None = None
    """That it claims."""
    active: bool | None = None
    owner: Address | None = None
    parent: Id | None = None
    text: Words | None = None
    """Words of the name or the card."""
    sort: Literal["id", "earned", "wins", "quality", "balance", "debt"] = "id"


class PageAsked(Asked):
    """A list without filters of its own."""


class BidsAsked(Asked):
    """Bids of a task (by agent) or of an agent (by task)."""


class EventsAsked(Asked, Span):
    """Events, the newest first."""

    contract: Name | None = None
    name: Name | None = None
    tx: Digest | None = None
    block: Id | None = None
    account: Account | None = None
    agent: Id | None = None
    task: Id | None = None


class TransactionsAsked(Asked, Span):
    """Transactions that touched the market, the newest first."""

    block: Id | None = None
    sender: Address | None = None
    contract: Name | None = None
    function: Name | None = None
    failed: bool | None = None


class BlocksAsked(Asked, Span):
    """Blocks, the newest first."""

    with_events: bool = False
    """Only those in which something happened on the market."""


class EntriesAsked(Asked, Span):
    """Ledger entries, the newest first."""

    account: Account | None = None
    """Either side."""
    kind: Name | None = None
    reason: Reason | None = None
    task: Id | None = None
    agent: Id | None = None
    """Entries that are about this agent; for its account's, see ``account``."""
    tx: Digest | None = None
    min_amount: Amount | None = None
    """Units."""


class AccountsAsked(Asked):
    """Accounts, the richest first."""

    indebted: bool = False
    """Only those in debt."""
    agents: bool | None = None
    """Only agents' (true) or only addresses' (false)."""


class MessagesAsked(Asked, Span):
    """Messages, the newest first."""

    sender: Account | None = None
    recipient: Account | None = None
    account: Account | None = None
    """Either side."""
    topic: Annotated[str, Field(min_length=1, max_length=66)] | None = None
    """As text, or 0x hex."""
    task: Id | None = None
    thread: Id | None = None


class ThreadsAsked(Asked):
    """Threads, those with the newest messages first."""

    account: Account | None = None


class ActionsAsked(Asked):
    """Batches of logged actions, the newest first."""

    agent: Id | None = None


class ChannelsAsked(Asked):
    """Payment channels, in the order of their ids."""

    agent: Id | None = None
    provider: Address | None = None
    open: bool | None = None


class RedemptionsAsked(Asked, Span):
    """Redemptions, the newest first."""

    agent: Id | None = None
    provider: Address | None = None
    channel: Digest | None = None


class ReceiptsAsked(BaseModel):
    """Receipts of the gateways on this machine, the newest first."""

    # Made ready at once, unlike the answers: what FastAPI asks of them cannot be made ready later.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    agent: Id | None = None
    task: Id | None = None
    cursor: Annotated[str, Field(max_length=512)] | None = None
    """``next`` of the page before."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = LIMIT


class ProposalsAsked(Asked):
    """Proposals, the newest first."""

    proposer: Address | None = None


class PricesAsked(BaseModel):
    """Prices over time."""

    # Made ready at once, unlike the answers: what FastAPI asks of them cannot be made ready later.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    skill: Words | None = None
    bucket: Annotated[int, Field(ge=1, le=31_536_000)] | None = None
    """Seconds a span; by itself so that there are about 60."""


class CurvesAsked(BaseModel):
    """Bids as points."""

    # Made ready at once, unlike the answers: what FastAPI asks of them cannot be made ready later.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    skill: Words | None = None
    agent: Id | None = None


class SearchAsked(BaseModel):
    """What to look for."""

    # Made ready at once, unlike the answers: what FastAPI asks of them cannot be made ready later.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    q: Words
    """An id ("5", "task 5"), an address, a hash, the beginning of one, a skill, or words."""
    limit: Annotated[int, Field(ge=1, le=50)] = 20
