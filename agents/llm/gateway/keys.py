"""Keys of agents: given for a wallet's signature, short-lived, revocable, and known here by their digests only."""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NoReturn

import structlog
from pydantic import SecretStr

from agents.chain.store import Store
from agents.chain.wallet import Wallet
from agents.chain.words import checksummed
from agents.errors import RequestRefused, RetryableError, RpcError
from agents.llm.gateway.signin import Authority, Challenge, Place, digest_of, read_challenge, signed_by

SCHEMA = """
CREATE TABLE gateway_keys (
    id       TEXT PRIMARY KEY,
    digest   BLOB NOT NULL UNIQUE,          -- SHA-256 of the key
    nonce    TEXT NOT NULL UNIQUE,          -- of the message that was signed for it: a message gives one key
    agent_id INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,              -- the agent's ownership epoch
    address  TEXT NOT NULL,                 -- who signed
    signer   TEXT NOT NULL,                 -- whose vouchers pay
    issued   INTEGER NOT NULL,              -- seconds since 1970
    expires  INTEGER NOT NULL,
    revoked  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX gateway_keys_by_agent ON gateway_keys (agent_id);
"""
PREFIX = "agora_"
LIFETIME = 24 * 3600
"""Seconds that a key lives."""
CHALLENGE_SECONDS = 300
"""How long a wallet may take to sign."""
REVIEW_SECONDS = 3600
"""After which it is asked again whether who signed for a key may still act for the agent."""
AT_A_TIME = 20
"""Keys that are asked for together."""
_RANDOM_BYTES = 32
_ID_HEX = 16


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a key speaks for."""

    key_id: str
    agent_id: int
    epoch: int
    signer: str
    """The address whose vouchers pay."""
    expires: float
    """Seconds since 1970."""
    address: str = ""
    issued: int = 0
    is_local: bool = False
    """Whether it was given to an agent of this process."""
    reviewed: float = 0
    """When it was last found that the address may act for the agent."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, which nobody can read again."""

    key: SecretStr
    holder: Holder


class Keys:
    """The keys of one gateway, in the store's file.

    ``epoch_of`` tells an agent's ownership epoch: a key dies with the ownership under which it was given.
    ``clock`` is in seconds since 1970, ``randomness`` gives so many bytes.
    """

    def __init__(
        self,
        store: Store,
        provider: Wallet,
        place: Place,
        authority: Authority,
        *,
        epoch_of: Callable[[int], int] = lambda _: 0,
        clock: Callable[[], float] = time.time,
        randomness: Callable[[int], bytes] = secrets.token_bytes,
        lifetime: int = LIFETIME,
    ) -> None:
        store.migrate("gateway-keys-1", SCHEMA)
        self.place = place
        self._store, self._provider, self._authority = store, provider, authority
        self._epoch_of, self._clock, self._randomness, self._lifetime = epoch_of, clock, randomness, lifetime
        self._secret = provider.derive_secret(b"gateway challenges")
        self._holders: dict[bytes, Holder] = {}
        self._load()

    def __repr__(self) -> str:
        return f"Keys({len(self._holders)})"

    # What a request shows

    def holder_of(self, authorization: str) -> Holder:
        """Whom an Authorization header speaks for; raises RequestRefused with 401."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            _refuse("key_missing", "there is no key: send `Authorization: Bearer agora_…`")
        holder = self._holders.get(_digest(key.strip()))
        if holder is None:
            _refuse(
                "invalid_api_key", "this key is not known, or was revoked: get one at /v1/agora/challenge"
            )
        if holder.expires <= self._clock():
            _refuse("key_expired", "this key has expired: get another at /v1/agora/challenge")
        if not holder.is_local and holder.epoch != self._epoch_of(holder.agent_id):
            _refuse("key_expired", "the agent has another owner since this key was given")
        return holder

    # Giving

    def session_signer(self, agent_id: int, epoch: int) -> Wallet:
        """The key that the gateway keeps for vouchers of an agent which signs none itself.

        It follows from the provider's own key, so that nothing more has to be kept secret, and it is another for
        each owner of the agent.
        """
        return Wallet(self._provider.derive_secret(b"session signer %d %d" % (agent_id, epoch)))

    def challenge(self, agent_id: int, address: str, signer: str | None = None) -> str:
        """The message to sign for a key. Without ``signer``, the gateway signs the vouchers."""
        kept = self.session_signer(agent_id, self._epoch_of(agent_id)).address
        now = int(self._clock())
        challenge = Challenge(
            agent_id,
            checksummed(address),
            checksummed(signer) if signer else kept,
            now,
            now + CHALLENGE_SECONDS,
            self._randomness(8),
        )
        return challenge.message(self.place, self._secret)

    async def issue(self, message: str, signature: bytes) -> IssuedKey:
        """A key for the agent that the message names.

        Raises RequestRefused: 400 for a message that was not made here, 401 for one that is too old, was used, or
        is not signed by the address in it, 403 if that address may not act for the agent.
        """
        made = read_challenge(message, self.place, self._secret, CHALLENGE_SECONDS)
        if made is None:
            raise RequestRefused(
                400, "challenge_unknown", "the message is not one that was given here", param="message"
            )
        challenge, nonce = made
        if challenge.expires <= self._clock():
            _refuse("challenge_expired", "the message is too old: ask for another and sign it at once")
        digest = digest_of(message)
        signed = signed_by(digest, signature) == challenge.address
        if not signed and not await self._authority.approves(challenge.address, digest, signature):
            _refuse("bad_signature", f"the signature is not one of {challenge.address} over this message")
        if not await self._authority.may_act(challenge.agent_id, challenge.address):
            raise RequestRefused(
                403, "cannot_act", f"{challenge.address} may not act for agent {challenge.agent_id}"
            )
        return self._keep(challenge, nonce)

    def issue_local(self, agent_id: int, signer: str) -> SecretStr:
        """A key for an agent of this process: it lives as long as the process, and is not stored."""
        key = self._new_key()
        digest = _digest(key.get_secret_value())
        self._holders[digest] = Holder(
            digest.hex()[:_ID_HEX], agent_id, 0, signer, float("inf"), is_local=True
        )
        return key

    def revoke(self, agent_id: int, key_id: str) -> None:
        """The agent's key of this id is worth nothing from now on; raises RequestRefused with 404."""
        found = [one for one, holder in self._holders.items() if holder.key_id == key_id]
        if not found or self._holders[found[0]].agent_id != agent_id:
            raise RequestRefused(404, "key_not_found", f"agent {agent_id} has no such key", param="id")
        with self._store.transaction() as db:
            db.execute("UPDATE gateway_keys SET revoked = 1 WHERE id = ?", (key_id,))
        del self._holders[found[0]]

    def of_agent(self, agent_id: int) -> list[Holder]:
        """The agent's keys that are neither revoked nor expired."""
        now = self._clock()
        return [one for one in self._holders.values() if one.agent_id == agent_id and one.expires > now]

    def living(self) -> list[Holder]:
        """All keys that were given for signatures and hold still, the oldest first."""
        now = self._clock()
        return [
            one
            for one in sorted(self._holders.values(), key=lambda one: one.issued)
            if not one.is_local and one.expires > now and one.epoch == self._epoch_of(one.agent_id)
        ]

    async def review(self) -> None:
        """Ask again for keys that nobody has asked about for an hour: a key dies when who signed for it may not act for
        the agent any more. Those that cannot be asked for now are asked for at the next turn."""
        asked = self._clock() - REVIEW_SECONDS
        due = [
            one for one, holder in self._holders.items() if not holder.is_local and holder.reviewed <= asked
        ]
        for digest in due[:AT_A_TIME]:
            holder = self._holders.get(digest)
            if holder is None:
                continue  # it was taken back, or has expired, while another was asked for
            try:
                may_act = await self._authority.may_act(holder.agent_id, holder.address)
            except (RetryableError, RpcError) as error:
                log.warning("keys.unreviewed", keys=len(due), reason=str(error))
                return
            if digest not in self._holders:
                continue
            if may_act:
                self._holders[digest] = replace(holder, reviewed=self._clock())
            else:
                self.revoke(holder.agent_id, holder.key_id)

    # Keeping

    def _keep(self, challenge: Challenge, nonce: str) -> IssuedKey:
        key = self._new_key()
        digest = _digest(key.get_secret_value())
        now = int(self._clock())
        holder = Holder(
            key_id=digest.hex()[:_ID_HEX],
            agent_id=challenge.agent_id,
            epoch=self._epoch_of(challenge.agent_id),
            signer=challenge.signer,
            expires=now + self._lifetime,
            address=challenge.address,
            issued=now,
            reviewed=now,
        )
        row = (holder.key_id, digest, nonce, holder.agent_id, holder.epoch, holder.address, holder.signer)
        try:
            with self._store.transaction() as db:
                db.execute("DELETE FROM gateway_keys WHERE expires < ?", (now - CHALLENGE_SECONDS,))
                db.execute(
                    "INSERT INTO gateway_keys (id, digest, nonce, agent_id, epoch, address, signer, issued, expires) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, now, int(holder.expires)),
                )
        except sqlite3.IntegrityError:
            _refuse("challenge_used", "a key was given for this message already: ask for another")
        self._forget_expired(now)
        self._holders[digest] = holder
        return IssuedKey(key, holder)

    def _load(self) -> None:
        query = "SELECT * FROM gateway_keys WHERE revoked = 0 AND expires > ?"
        for row in self._store.db.execute(query, (int(self._clock()),)):
            fields = ("agent_id", "epoch", "signer", "expires", "address", "issued")
            self._holders[row["digest"]] = Holder(row["id"], *(row[name] for name in fields))

    def _forget_expired(self, now: float) -> None:
        for digest in [one for one, holder in self._holders.items() if holder.expires <= now]:
            del self._holders[digest]

    def _new_key(self) -> SecretStr:
        return SecretStr(PREFIX + self._randomness(_RANDOM_BYTES).hex())


@dataclass(slots=True)
class Throttle:
    """So many requests a minute for each who asks, and as many at once after a pause."""

    a_minute: int = 30
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, who: str) -> None:
        """Raises RequestRefused with 429."""
        now = self.clock()
        if len(self._known) >= _MOST_KNOWN:
            # Who has waited a minute has all its requests again, and need not be known.
            self._known = {one: left for one, left in self._known.items() if now - left[1] < 60}
        left, since = self._known.get(who, (float(self.a_minute), now))
        left = min(self.a_minute, left + (now - since) * self.a_minute / 60)
        if left < 1:
            wait = (1 - left) * 60 / self.a_minute
            raise RequestRefused(429, "too_many_requests", "too many keys are asked for", retry_after=wait)
        self._known[who] = (left - 1, now)


_MOST_KNOWN = 10_000


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _refuse(code: str, message: str) -> NoReturn:
    raise RequestRefused(401, code, message)
