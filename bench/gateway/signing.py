"""What a charge takes: vouchers signed a second, and calls a second that are admitted and settled durably.

No model, no HTTP and no chain: the meter alone, in one process. A settled call is a receipt, a leaf of its channel's
tree, a voucher that the agent's own wallet signs, and a row of each on the disk; a hundred calls of a hundred agents
are under way at a time, and then one.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.chain.devnet import CHAIN_ID
from agents.llm.gateway.vouchers import Domain, SignedVoucher
from bench.gateway.books import CONTRACT, metered, think, wallet
from bench.gateway.load import load, told

AGENTS, SIGNATURES = 100, 5_000
CALLS = {100: 10_000, 1: 1_000}


def run(calls: Mapping[int, int] = CALLS) -> dict[str, Any]:
    """Signatures made and checked a second, and charges by how many are under way at a time."""
    return _signatures() | asyncio.run(_charges(calls))


def _signatures() -> dict[str, Any]:
    domain, signer = Domain(CHAIN_ID, CONTRACT), wallet(1)
    channel, root = bytes(32), b"\x01" * 32
    begun = time.perf_counter()
    made = [domain.sign(signer, channel, number, root) for number in range(SIGNATURES)]
    signed = time.perf_counter()
    for number, signature in enumerate(made):
        domain.check_signature(SignedVoucher(domain.claim(channel, number, root), signature), signer.address)
    checked = time.perf_counter()
    row = {
        "made/s": round(SIGNATURES / (signed - begun)),
        "checked/s": round(SIGNATURES / (checked - signed)),
    }
    told("vouchers", row)
    return {"vouchers": row}


async def _charges(calls: Mapping[int, int]) -> dict[str, Any]:
    figures = {}
    for at_once, count in calls.items():
        with tempfile.TemporaryDirectory(prefix="agora-bench-") as folder:
            with metered(Path(folder), AGENTS) as (meter, _):
                row = (await load(lambda number: think(meter, 1 + number % AGENTS), count, at_once)).row()
            row["bytes a call"] = round((Path(folder) / "gateway.db").stat().st_size / count)
        told(f"charges, {at_once} at a time", row)
        figures[f"charges, {at_once} at a time"] = row
    return figures
