"""What the embedder takes for a new task's text, which it reads once for all agents: CPU time, in milliseconds."""

import asyncio
import time

from agents.llm.embeddings import Embedder
from bench.fleet.ground import draft

TEXTS = 64


def run() -> dict[str, float]:
    """The CPU time of one text, asked for by itself and with fifteen others."""
    figures = {f"ms_a_text_of_{size}": asyncio.run(_measured(size)) for size in (1, 16)}
    print("  " + " · ".join(f"{name} {value}" for name, value in figures.items()))
    return figures


async def _measured(size: int) -> float:
    embedder = Embedder()
    await embedder.embed(["so that the weights are loaded"])
    texts = [draft(number).specification for number in range(TEXTS)]
    begun = time.process_time()
    for at in range(0, TEXTS, size):
        await embedder.embed(
            [f"{one.skill}: {one.title}. {one.description}" for one in texts[at : at + size]]
        )
    return round(1000 * (time.process_time() - begun) / TEXTS, 1)
