"""What a holder of credits signs so that others may move them: EIP-712 messages in the token's domain."""

from dataclasses import dataclass, field
from typing import Any

from eth_utils.crypto import keccak

from agents.chain.abi import encode
from agents.chain.accounts import encode_typed_data
from agents.chain.wallet import Wallet

_FIELDS = {
    "Permit": "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline",
    "ReceiveWithAuthorization": (
        "address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce"
    ),
    "CancelAuthorization": "address authorizer,bytes32 nonce",
}


@dataclass(frozen=True, slots=True)
class DepositAuthorization:
    """One deposit that ``owner`` has signed: whoever sends it, these credits go from it into this account.

    It holds while ``valid_after`` < block time < ``valid_before``, in seconds, and once.
    """

    owner: str
    account: int
    amount: int
    valid_after: int
    valid_before: int
    salt: bytes
    signature: bytes = field(repr=False)

    @property
    def nonce(self) -> bytes:
        """The token's nonce of this deposit."""
        return deposit_nonce(self.account, self.salt)


@dataclass(frozen=True, slots=True)
class TokenDomain:
    """The token, as what is signed for it names it (ERC-5267)."""

    name: str
    chain_id: int
    address: str

    def sign(self, wallet: Wallet, kind: str, message: dict[str, Any]) -> bytes:
        """The wallet's 65-byte signature (r, s, v) of a message of this kind."""
        domain = {
            "name": self.name,
            "version": "1",
            "chainId": self.chain_id,
            "verifyingContract": self.address,
        }
        fields = (one.split(" ") for one in _FIELDS[kind].split(","))
        types = {kind: [{"type": solidity, "name": name} for solidity, name in fields]}
        signable = encode_typed_data(domain, types, message)
        return wallet.sign_digest(keccak(b"\x19" + signable.version + signable.header + signable.body))


def deposit_nonce(account: int, salt: bytes) -> bytes:
    """The nonce that binds an authorization to an account, as ``Ledger.authorizationNonce`` computes it."""
    return keccak(encode(("uint256", "bytes32"), (account, salt)))
