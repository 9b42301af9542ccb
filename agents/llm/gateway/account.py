"""``/v1/agora``: keys, and what an agent's thinking has cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.errors import UnknownCall
from agents.llm.gateway.exchange import Exchange
from agents.llm.gateway.keys import CHALLENGE_SECONDS, Holder, Keys, Throttle
from agents.llm.gateway.loops import SAME_CALLS
from agents.llm.gateway.problems import malformed
from agents.llm.gateway.schemas import ChallengeRequest, KeyRequest, VoucherRequest, check, parse
from agents.llm.gateway.till import Till

SHORT = 1 << 14
"""Bytes of a body that holds no conversation: whoever sends these need not have a key."""
MOST_LISTED = 1000
"""Receipts in one answer."""


class KeyDesk:
    """Gives keys, lists them and takes them back."""

    def __init__(self, till: Till, throttle: Throttle) -> None:
        self._till, self._throttle = till, throttle

    @property
    def _keys(self) -> Keys:
        return self._till.keys

    async def challenge(self, exchange: Exchange) -> None:
        """The message that a wallet has to sign for a key."""
        self._throttle.take(exchange.client)
        asked = check(ChallengeRequest, parse(await exchange.body(SHORT)))
        message = self._keys.challenge(asked.agent_id, asked.address, asked.signer)
        await exchange.reply_json({"message": message, "expires_in": CHALLENGE_SECONDS})

    async def give(self, exchange: Exchange) -> None:
        """A key for a message that was signed; it is shown this once."""
        self._throttle.take(exchange.client)
        asked = check(KeyRequest, parse(await exchange.body(SHORT)))
        issued = await self._keys.issue(asked.message, bytes.fromhex(asked.signature[2:]))
        self._till.enlist(issued.holder)
        told = _key(issued.holder) | {"key": issued.key.get_secret_value()}
        await exchange.reply_json(told | {"channel": self._till.channel_of(issued.holder)}, status=201)

    async def list(self, exchange: Exchange) -> None:
        """The agent's keys, without what makes them keys."""
        holder = self._till.holder(exchange)
        keys = [_key(one) for one in self._keys.of_agent(holder.agent_id)]
        await exchange.reply_json({"keys": keys})

    async def revoke(self, exchange: Exchange) -> None:
        """One of the agent's keys is worth nothing from now on."""
        holder, key_id = self._till.holder(exchange), exchange.parameter("id")
        self._keys.revoke(holder.agent_id, key_id)
        await exchange.reply_json({"id": key_id, "revoked": True})


class Account:
    """Tells an agent how it stands; all amounts in units."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def show(self, exchange: Exchange) -> None:
        """Deposit, what was spent of it, and what has to be signed."""
        holder = self._till.holder(exchange)
        state = self._till.meter.account(holder.agent_id, holder.signer)
        await exchange.reply_json(
            {
                **state.as_json(),
                "balance": state.deposit + state.redeemed - state.settled,
                "name": self._till.name(holder),
            }
        )

    async def costs(self, exchange: Exchange) -> None:
        """What the agent's calls have cost by model, and what each model costs."""
        holder, till = self._till.holder(exchange), self._till
        spent = [one.as_json() for one in till.meter.books.by_model(holder.agent_id)]
        prices = {model: till.price_of(model) for model in till.upstream.models}
        await exchange.reply_json({"spent": spent, "prices": prices})

    async def usage(self, exchange: Exchange) -> None:
        """The agent's receipts, oldest first; ``next`` is where the following page begins, or null."""
        holder, query = self._till.holder(exchange), exchange.query()
        task = _number(query, "task", -1, 2**63 - 1)
        after = _number(query, "after", 0, 2**63 - 1)
        limit = _number(query, "limit", 100, MOST_LISTED)
        placed = self._till.meter.books.receipts(holder.agent_id, None if task < 0 else task, after, limit)
        following = placed[-1][0] if placed and len(placed) == limit else None
        await exchange.reply_json({"receipts": [one.as_json() for _, one in placed], "next": following})

    async def receipt(self, exchange: Exchange) -> None:
        """One receipt, and the proof that it stands under a root."""
        holder, call = self._till.holder(exchange), exchange.parameter("call")
        if self._till.meter.books.receipt(call).agent_id != holder.agent_id:
            raise UnknownCall(call)  # in the same words as for a call that nobody has made
        proof = self._till.meter.proof(call)
        await exchange.reply_json(
            {
                "receipt": proof.receipt.as_json(),
                "proof": {
                    "root": f"0x{proof.root.hex()}",
                    "cumulative": proof.cumulative,
                    "path": [f"0x{node.hex()}" for node in proof.path],
                    "redeemed": proof.redeemed,
                },
            }
        )

    async def voucher(self, exchange: Exchange) -> None:
        """The agent's signer has signed what was due."""
        holder = self._till.holder(exchange)
        signed = check(VoucherRequest, parse(await exchange.body(SHORT))).signed()
        await self._till.meter.take_voucher(holder.agent_id, signed, holder.signer)
        await self.show(exchange)


@dataclass(frozen=True, slots=True)
class Info:
    """Tells anybody what they deal with."""

    till: Till

    async def show(self, exchange: Exchange) -> None:
        """Chain, contract, provider, and what holds here."""
        meter = self.till.meter
        await exchange.reply_json(
            {
                "chain_id": meter.domain.chain_id,
                "meter": meter.domain.meter,
                "provider": meter.provider,
                "domain": self.till.keys.place.domain,
                "models": list(self.till.upstream.models),
                "identical_tool_calls": SAME_CALLS,
            }
        )

    async def health(self, exchange: Exchange) -> None:
        """The gateway answers."""
        await exchange.reply_json({"status": "ok"})


def _key(holder: Holder) -> dict[str, Any]:
    return {
        "id": holder.key_id,
        "agent_id": holder.agent_id,
        "signer": holder.signer,
        "address": holder.address,
        "issued": holder.issued,
        "expires": None if holder.expires == float("inf") else int(holder.expires),
    }


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most):
        raise malformed(name, f"must be a number, at most {most}")
    return int(text)
