"""Holds a receipt against the chain: that it stands under the newest root of its channel that was redeemed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.chain.bindings.usage_meter import Redeemed
from agents.chain.deployment import Deployment
from agents.chain.logs import Log
from agents.chain.reader import read
from agents.chain.rpc import Rpc, quantity
from agents.errors import BooksDamaged, UnknownCall
from agents.llm.gateway.receipts import Receipt
from agents.llm.gateway.records import Records

RANGE, AT_ONCE = 100, 20
"""Blocks of which the logs are asked in one call, and how many such calls go together."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A receipt, and the newest root of its channel that was redeemed."""

    receipt: Receipt
    redeemed: Redeemed | None
    """None while no voucher of the channel was redeemed."""
    path: tuple[bytes, ...]
    """The Merkle proof; none where the receipt is not under the root."""
    holds: bool
    """Whether the contract says that the receipt is under the root."""

    def as_json(self) -> dict[str, Any]:
        """The proof for machines."""
        return {
            "receipt": self.receipt.as_json(),
            "redeemed": None
            if self.redeemed is None
            else {
                "cumulative": self.redeemed.cumulative,
                "receipts_root": f"0x{self.redeemed.receipts_root.hex()}",
            },
            "proof": [f"0x{one.hex()}" for one in self.path],
            "verified": self.holds,
        }


async def prove_call(rpc: Rpc, deployment: Deployment, stores: Sequence[Records], call: str) -> Proven:
    """The receipt of this name, from whichever store has it, held against the chain.

    Raises UnknownCall; BooksDamaged when a root was redeemed that is not one of these receipts.
    """
    store, receipt = _find(stores, call)
    redeemed = await newest_redeemed(rpc, deployment, receipt.channel_id)
    if redeemed is None:
        return Proven(receipt, None, (), holds=False)
    count = store.count_at(receipt.channel_id, redeemed.cumulative, redeemed.receipts_root)
    if count is None and redeemed.cumulative >= receipt.cumulative:
        raise BooksDamaged(
            store.file, f"they have no root for the {redeemed.cumulative} units that were redeemed"
        )
    if count is None or count < receipt.number:
        return Proven(receipt, redeemed, (), holds=False)
    path = store.prove(receipt, count)
    verify = deployment.meter.verify_receipt(redeemed.receipts_root, receipt.digest, path)
    return Proven(receipt, redeemed, path, holds=await read(rpc, verify))


async def newest_redeemed(rpc: Rpc, deployment: Deployment, channel_id: bytes) -> Redeemed | None:
    """The newest redemption of a channel, as the chain's logs tell it; None if there was none."""
    asked = {
        "address": deployment.meter.address,
        "topics": [f"0x{Redeemed.TOPIC.hex()}", f"0x{channel_id.hex()}"],
    }
    last = int(await rpc.call("eth_blockNumber"), 16)
    while last >= deployment.deploy_block:
        first = max(deployment.deploy_block, last + 1 - RANGE * AT_ONCE)
        ranges = [(one, min(last, one + RANGE - 1)) for one in range(first, last + 1, RANGE)]
        answers = await rpc.batch(
            [
                ("eth_getLogs", (asked | {"fromBlock": quantity(one), "toBlock": quantity(end)},))
                for one, end in ranges
            ]
        )
        logs = sorted(
            (Log.read(raw) for answer in answers for raw in answer), key=lambda log: (log.block, log.index)
        )
        if logs:
            return Redeemed.decode(logs[-1].topics, logs[-1].data)
        last = first - 1
    return None


def _find(stores: Sequence[Records], call: str) -> tuple[Records, Receipt]:
    for store in stores:
        try:
            return store, store.receipt(call)
        except UnknownCall:
            continue
    raise UnknownCall(call)
