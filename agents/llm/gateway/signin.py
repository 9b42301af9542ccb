"""The message that a wallet signs to get a key (EIP-4361), and who may sign it."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from eth_utils.crypto import keccak

from agents.chain.abi import encode
from agents.chain.bindings.agent_registry import AgentRegistry
from agents.chain.reader import read
from agents.chain.rpc import Rpc, quantity
from agents.errors import ContractError, RpcError, VoucherRefused
from agents.llm.gateway.vouchers import short, signer_of

_FORM = """{domain} wants you to sign in with your Ethereum account:
{address}

{statement}

URI: {uri}
Version: 1
Chain ID: {chain_id}
Nonce: {nonce}
Issued At: {issued}
Expiration Time: {expires}"""
_STATEMENT = "Give agent {agent_id} a key for calls of models, which vouchers of {signer} pay for."
_FIELDS = re.compile(
    r"account:\n(?P<address>0x[0-9a-fA-F]{40})\n\nGive agent (?P<agent_id>[0-9]{1,19}) a key .* vouchers of "
    r"(?P<signer>0x[0-9a-fA-F]{40}) pay for\.\n(?:.*\n)+Nonce: (?P<nonce>[0-9a-f]{48})\nIssued At: (?P<issued>\S{20})\n"
)
_MAC_HEX = 32
_ERC1271 = keccak(b"isValidSignature(bytes32,bytes)")[:4]
_ERC1271_GAS = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where keys are valid: what every message names."""

    domain: str
    """Host and port of the gateway."""
    uri: str
    chain_id: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """Who asks for a key, for which agent, and who will sign the vouchers. Times are seconds since 1970."""

    agent_id: int
    address: str
    signer: str
    issued: int
    expires: int
    random: bytes

    def nonce(self, secret: bytes) -> str:
        """Tells a message that was made here, of these very fields, from any other: nothing is kept for it."""
        fields = f"{self.agent_id} {self.address} {self.signer} {self.issued}".encode()
        mac = hmac.new(secret, self.random + fields, hashlib.sha256).hexdigest()
        return self.random.hex() + mac[:_MAC_HEX]

    def message(self, place: Place, secret: bytes) -> str:
        """What is to be signed."""
        return _FORM.format(
            domain=place.domain,
            address=self.address,
            statement=_STATEMENT.format(agent_id=self.agent_id, signer=self.signer),
            uri=place.uri,
            chain_id=place.chain_id,
            nonce=self.nonce(secret),
            issued=_written(self.issued),
            expires=_written(self.expires),
        )


def read_challenge(message: str, place: Place, secret: bytes, seconds: int) -> tuple[Challenge, str] | None:
    """The challenge that a message was made of, and its nonce; None if it was not made here, or was changed."""
    found = _FIELDS.search(message)
    if found is None:
        return None
    try:
        issued = int(datetime.strptime(found["issued"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
    random = bytes.fromhex(found["nonce"][:-_MAC_HEX])
    challenge = Challenge(
        int(found["agent_id"]), found["address"], found["signer"], issued, issued + seconds, random
    )
    expected = challenge.message(place, secret)
    same = hmac.compare_digest(expected.encode(), message.encode())
    return (challenge, challenge.nonce(secret)) if same else None


def digest_of(message: str) -> bytes:
    """What a wallet signs of a text (EIP-191)."""
    text = message.encode()
    return keccak(b"\x19Ethereum Signed Message:\n%d" % len(text) + text)


def signed_by(digest: bytes, signature: bytes) -> str | None:
    """The address whose key made the signature (r, s, v); None if it is none."""
    try:
        return signer_of(short(signature), digest)
    except VoucherRefused:
        return None


class Authority(Protocol):
    """Who knows which address may do what."""

    async def may_act(self, agent_id: int, address: str) -> bool:
        """Whether the address may act for the agent."""
        ...

    async def approves(self, address: str, digest: bytes, signature: bytes) -> bool:
        """Whether a wallet that is a contract takes the signature for its own (ERC-1271)."""
        ...


class ChainAuthority:
    """The chain itself. Raises TransportError when it cannot be reached."""

    def __init__(self, rpc: Rpc, registry: AgentRegistry) -> None:
        self._rpc, self._registry = rpc, registry

    async def may_act(self, agent_id: int, address: str) -> bool:
        """As the registry says at the newest block."""
        try:
            return await read(self._rpc, self._registry.can_act(agent_id, address))
        except ContractError:
            return False

    async def approves(self, address: str, digest: bytes, signature: bytes) -> bool:
        """As the contract says at the newest block; an address without code approves nothing."""
        data = _ERC1271 + encode(("bytes32", "bytes"), (digest, signature))
        call = {"to": address, "data": "0x" + data.hex(), "gas": quantity(_ERC1271_GAS)}
        try:
            result = await self._rpc.call("eth_call", call, "latest")
        except RpcError:
            return False
        return bytes.fromhex(result[2:]) == _ERC1271.ljust(32, b"\0")


def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
