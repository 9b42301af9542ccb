"""The marketplace as typed Python: one method for each thing that a party does on chain.

Every method that sends takes the wallet that signs and the name of the intent: the same intent is never sent
twice, whatever crashes, and a repeated call returns what the first one achieved. A contract's refusal is its
typed error from ``agents.chain.bindings.errors``.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Protocol

from eth_utils.crypto import keccak

from agents.chain.abi import Call, encode
from agents.chain.bindings import agent_registry, structs, task_manager
from agents.chain.deployment import Deployment
from agents.chain.logs import Receipt
from agents.chain.reader import read
from agents.chain.rpc import Rpc
from agents.chain.sender import Sender
from agents.chain.wallet import Wallet
from agents.market.authorization import DepositAuthorization, TokenDomain, deposit_nonce
from agents.market.domain import AwardMode, Balance, MarketTerms
from agents.market.gas import LIMITS, to_claim, to_register
from agents.market.specification import skill_bytes
from agents.market.thinking import Thinking

NO_DEADLINE = 2**256 - 1
"""Of permits for the Ledger, which takes tokens from nobody but the caller: nobody else can use one."""

RACE_STEPS = 100

Extra = Callable[[Connection], None]


class Filed(Protocol):
    """A task's digests, of which the contract keeps one hash: whoever proves something of it shows them."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def specification(self) -> bytes:
        """SHA-256 of its document."""
        ...

    @property
    def seal(self) -> bytes:
        """Keccak-256 of its requester's secret."""
        ...

    @property
    def result(self) -> bytes | None:
        """SHA-256 of what was delivered; None before that."""
        ...


@dataclass(frozen=True, slots=True)
class TaskTerms:
    """What a requester decides when it posts a task. Money in units, windows in seconds."""

    specification: bytes
    """SHA-256 of the specification document."""
    skill: str
    reserve: int
    evaluator: str
    mode: AwardMode = AwardMode.SEALED_SECOND_PRICE
    passing_score: int = 60
    bidding_window: int = 30
    reveal_window: int = 20
    delivery_window: int = 300
    review_window: int = 60
    parent_id: int = 0
    """The task that this is a part of; only its worker posts parts."""

    def params(self, secret: bytes) -> structs.TaskParams:
        """The terms as the contract takes them, with the seal of the requester's 32-byte secret."""
        return structs.TaskParams(
            specification=self.specification,
            seal=keccak(secret),
            skill=skill_bytes(self.skill),
            mode=self.mode,
            reserve=self.reserve,
            evaluator=self.evaluator,
            passing_score=self.passing_score,
            bidding_window=self.bidding_window,
            reveal_window=self.reveal_window,
            delivery_window=self.delivery_window,
            review_window=self.review_window,
            parent_id=self.parent_id,
        )


class Marketplace(Thinking):
    """The contracts of one deployment, as one party of them sees it."""

    def __init__(self, rpc: Rpc, deployment: Deployment, sender: Sender) -> None:
        self.deployment = deployment
        self._rpc = rpc
        self._sender = sender
        self._token: TokenDomain | None = None

    async def terms(self) -> MarketTerms:
        """What a task that is posted now would keep."""
        now = await read(self._rpc, self.deployment.parameters.current())
        return MarketTerms(now.fee_bps, now.bond_percent, now.seat_fee)

    # Credits

    async def balance(self, account: int) -> Balance:
        """The parts of a Ledger account now."""
        parts = await read(self._rpc, self.deployment.ledger.balance_of(account))
        return Balance(parts.free, parts.locked, parts.debt)

    async def wallet_credits(self, address: str) -> int:
        """The credits that an address holds outside the Ledger."""
        return await read(self._rpc, self.deployment.token.balance_of(address))

    async def deposit(self, wallet: Wallet, account: int, amount: int, *, intent: str) -> Receipt:
        """Move ``amount`` of the wallet's tokens into a Ledger account, by permit: one transaction."""
        deadline = NO_DEADLINE
        v, r, s = await self._permit(wallet, amount, deadline)
        call = self.deployment.ledger.deposit_with_permit(wallet.address, account, amount, deadline, v, r, s)
        return await self._send(wallet, call, intent)

    async def authorize_deposit(
        self, wallet: Wallet, account: int, amount: int, *, valid_before: int, valid_after: int = 0
    ) -> DepositAuthorization:
        """Sign a deposit of ``amount`` of the wallet's tokens, for anyone to send; nothing moves yet."""
        salt = secrets.token_bytes(32)
        message = {
            "from": wallet.address,
            "to": self.deployment.ledger.address,
            "value": amount,
            "validAfter": valid_after,
            "validBefore": valid_before,
            "nonce": deposit_nonce(account, salt),
        }
        signature = (await self._domain()).sign(wallet, "ReceiveWithAuthorization", message)
        return DepositAuthorization(
            wallet.address, account, amount, valid_after, valid_before, salt, signature
        )

    async def deposit_with_authorization(
        self, wallet: Wallet, signed: DepositAuthorization, *, intent: str
    ) -> Receipt:
        """Make a deposit that another has signed; the wallet pays the gas and nothing else."""
        call = self.deployment.ledger.deposit_with_authorization(
            signed.owner,
            signed.account,
            signed.amount,
            signed.valid_after,
            signed.valid_before,
            signed.salt,
            signed.signature,
        )
        return await self._send(wallet, call, intent)

    async def cancel_authorization(
        self, wallet: Wallet, signed: DepositAuthorization, *, intent: str
    ) -> Receipt:
        """Take back a deposit that the wallet signed and nobody has made."""
        message = {"authorizer": signed.owner, "nonce": signed.nonce}
        signature = (await self._domain()).sign(wallet, "CancelAuthorization", message)
        call = self.deployment.token.cancel_authorization(signed.owner, signed.nonce, signature)
        return await self._send(wallet, call, intent)

    async def withdraw(self, wallet: Wallet, account: int, to: str, amount: int, *, intent: str) -> Receipt:
        """Take ``amount`` out of an account that the wallet owns."""
        return await self._send(wallet, self.deployment.ledger.withdraw(account, to, amount), intent)

    async def transfer(
        self,
        wallet: Wallet,
        source: int,
        target: int,
        amount: int,
        *,
        intent: str,
        extra: Extra | None = None,
    ) -> Receipt:
        """Move ``amount`` between Ledger accounts; the wallet owns the source."""
        return await self._send(
            wallet, self.deployment.ledger.transfer(source, target, amount), intent, extra
        )

    # Agents

    async def register(self, wallet: Wallet, uri: str, *, intent: str) -> int:
        """Register an agent owned by the wallet; returns its id."""
        registry = self.deployment.registry
        call = registry.register_with_agent_uri(uri)
        receipt = await self._send(wallet, call, intent, gas=to_register(uri))
        return receipt.first(agent_registry.Registered, registry.address).agent_id

    async def set_skills(
        self, wallet: Wallet, agent_id: int, skills: Mapping[str, int], *, intent: str
    ) -> Receipt:
        """Claim skills, each with a weight from 0 (withdrawn) to 100."""
        entries = [structs.Skill(skill_bytes(tag), weight) for tag, weight in skills.items()]
        call = self.deployment.registry.set_skills(agent_id, entries)
        return await self._send(wallet, call, intent, gas=to_claim(len(entries)))

    async def set_active(self, wallet: Wallet, agent_id: int, active: bool, *, intent: str) -> Receipt:
        """Say whether the agent takes part."""
        return await self._send(wallet, self.deployment.registry.set_active(agent_id, active), intent)

    # Requesters

    async def create_task(
        self, wallet: Wallet, terms: TaskTerms, *, intent: str, extra: Extra | None = None
    ) -> int:
        """Post a task paid from the wallet's Ledger account; returns its id."""
        call = self.deployment.tasks.create_task(terms.params(self.secret(wallet, terms.specification)))
        return await self._create(wallet, call, intent, extra)

    async def create_task_with_permit(
        self, wallet: Wallet, terms: TaskTerms, value: int, *, intent: str, extra: Extra | None = None
    ) -> int:
        """Post a task after depositing ``value`` of the wallet's tokens, in one transaction."""
        deadline = NO_DEADLINE
        permit = structs.Permit(value, deadline, *await self._permit(wallet, value, deadline))
        params = terms.params(self.secret(wallet, terms.specification))
        call = self.deployment.tasks.create_task_with_permit(params, permit)
        return await self._create(wallet, call, intent, extra)

    async def cancel(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Take a task back before the first commitment."""
        return await self._send(wallet, self.deployment.tasks.cancel(task_id), intent)

    async def evaluate(self, wallet: Wallet, task_id: int, score: int, *, intent: str) -> Receipt:
        """Score a result; the wallet is the task's evaluator."""
        return await self._send(wallet, self.deployment.tasks.evaluate(task_id, score), intent)

    async def unseal(self, wallet: Wallet, task: Filed, *, intent: str) -> Receipt:
        """Show the secret that the wallet, the task's requester, sealed when it posted the task."""
        secret = self.secret(wallet, task.specification)
        call = self.deployment.tasks.unseal(task.id, _file(task), secret)
        return await self._send(wallet, call, intent)

    async def appeal(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Ask the larger panel; the first found against the wallet's party."""
        return await self._send(wallet, self.deployment.tasks.appeal(task_id), intent)

    # Workers

    async def commit(
        self, wallet: Wallet, task_id: int, agent_id: int, price: int, promised: int, *, intent: str
    ) -> Receipt:
        """Bind the agent to a sealed bid of ``price`` units, to be delivered within ``promised`` seconds."""
        salt = self.salt(wallet, task_id, agent_id)
        digest = self.commitment(task_id, agent_id, price, promised, salt)
        return await self._send(wallet, self.deployment.auction.commit(task_id, agent_id, digest), intent)

    async def reveal(
        self, wallet: Wallet, task_id: int, agent_id: int, price: int, promised: int, *, intent: str
    ) -> Receipt:
        """Open the bid that ``commit`` made with the same values."""
        salt = self.salt(wallet, task_id, agent_id)
        call = self.deployment.auction.reveal(task_id, agent_id, price, promised, salt)
        return await self._send(wallet, call, intent)

    async def submit(self, wallet: Wallet, task_id: int, result: bytes, *, intent: str) -> Receipt:
        """Deliver a result by its digest."""
        return await self._send(wallet, self.deployment.tasks.submit(task_id, result), intent)

    async def dispute(self, wallet: Wallet, task: Filed, work: bytes, *, intent: str) -> Receipt:
        """Ask a panel to judge a rejected result, and show the document whose digest was submitted."""
        return await self._send(wallet, self.deployment.tasks.dispute(task.id, _file(task), work), intent)

    async def take_over(self, wallet: Wallet, task_id: int, agent_id: int, *, intent: str) -> Receipt:
        """Take the place of a worker that defaulted; the agent is the runner-up."""
        return await self._send(wallet, self.deployment.auction.take_over(task_id, agent_id), intent)

    # Anyone

    async def finalize(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """End an auction whose reveal window is over."""
        return await self._send(wallet, self.deployment.auction.finalize(task_id), intent)

    async def forfeit(self, wallet: Wallet, task_id: int, agent_id: int, *, intent: str) -> Receipt:
        """Burn the bond of a bid that was not opened."""
        return await self._send(wallet, self.deployment.auction.forfeit(task_id, agent_id), intent)

    async def release(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Have the worker paid after the evaluator's silence."""
        return await self._send(wallet, self.deployment.tasks.release(task_id), intent)

    async def declare_default(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """End a task that was not delivered."""
        return await self._send(wallet, self.deployment.tasks.declare_default(task_id), intent)

    async def close_rejected(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """End a rejected task that nobody disputed."""
        return await self._send(wallet, self.deployment.tasks.close_rejected(task_id), intent)

    async def close_defaulted(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """End a defaulted task that nobody took over."""
        return await self._send(wallet, self.deployment.tasks.close_defaulted(task_id), intent)

    async def close_sealed(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Have the worker paid whose requester kept its secret."""
        return await self._send(wallet, self.deployment.tasks.close_sealed(task_id), intent)

    async def close_ruled(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Carry out a verdict that nobody appealed."""
        return await self._send(wallet, self.deployment.tasks.close_ruled(task_id), intent)

    async def advance_race(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Have the next result of a race judged, or end the race where there is none left; at most RACE_STEPS entries
        that were not shown are passed over."""
        return await self._send(wallet, self.deployment.race.advance(task_id, RACE_STEPS), intent)

    async def release_race(self, wallet: Wallet, task_id: int, *, intent: str) -> Receipt:
        """Have the entrant paid whose result nobody judged in time."""
        return await self._send(wallet, self.deployment.race.release(task_id), intent)

    async def flush_burn(self, wallet: Wallet, *, intent: str) -> Receipt:
        """Destroy the tokens of all burned credits."""
        return await self._send(wallet, self.deployment.ledger.flush_burn(), intent)

    # Inside

    def salt(self, wallet: Wallet, task_id: int, agent_id: int) -> bytes:
        """The salt of the wallet's bid: derived from its key, so that it cannot be lost, and never the same
        for two chains, auctions, tasks or agents."""
        chain = self.deployment
        label = f"bid|{chain.genesis_hash}|{chain.auction.address}|{task_id}|{agent_id}"
        return wallet.derive_secret(label.encode())

    def secret(self, wallet: Wallet, specification: bytes) -> bytes:
        """What the wallet seals when it posts a task with this specification: derived from its key, so that it
        cannot be lost, and never the same for two chains or markets."""
        chain = self.deployment
        label = f"seal|{chain.genesis_hash}|{chain.tasks.address}|{specification.hex()}"
        return wallet.derive_secret(label.encode())

    def commitment(self, task_id: int, agent_id: int, price: int, promised: int, salt: bytes) -> int:
        """The 200-bit digest of a bid, as ``BidAuction.commitmentOf`` computes it. Computed here, because a
        node that is asked for it would learn the bid."""
        chain_id, auction = self.deployment.chain_id, self.deployment.auction.address
        types = ("uint256", "address", "uint256", "uint256", "uint256", "uint256", "bytes32")
        bid = encode(types, (chain_id, auction, task_id, agent_id, price, promised, salt))
        return int.from_bytes(keccak(bid)[:25], "big")

    async def _create(self, wallet: Wallet, call: Call[int], intent: str, extra: Extra | None) -> int:
        receipt = await self._send(wallet, call, intent, extra)
        return receipt.first(task_manager.TaskCreated, self.deployment.tasks.address).task_id

    async def _domain(self) -> TokenDomain:
        if self._token is None:
            token = self.deployment.token
            name = await read(self._rpc, token.name())
            self._token = TokenDomain(name, self.deployment.chain_id, token.address)
        return self._token

    async def _permit(self, wallet: Wallet, value: int, deadline: int) -> tuple[int, bytes, bytes]:
        message = {
            "owner": wallet.address,
            "spender": self.deployment.ledger.address,
            "value": value,
            "nonce": await read(self._rpc, self.deployment.token.nonces(wallet.address)),
            "deadline": deadline,
        }
        signature = (await self._domain()).sign(wallet, "Permit", message)
        return signature[64], signature[:32], signature[32:64]

    async def _send(
        self,
        wallet: Wallet,
        call: Call[Any],
        intent: str,
        extra: Extra | None = None,
        gas: int | None = None,
    ) -> Receipt:
        limit = gas or LIMITS.get(call.name)
        return await self._sender.send(wallet, call, intent=intent, gas=limit, extra=extra)


def _file(task: Filed) -> structs.File:
    return structs.File(task.specification, task.seal, task.result or bytes(32))
