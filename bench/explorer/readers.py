"""Streams that read what happens, as the page does, in a process of their own.

    python -m bench.explorer.readers URL STREAMS FILE

Begins with a line on standard output when all are open, and ends when its standard input is closed; in FILE are then,
by block, the seconds of this machine's clock at which each of its events reached each of the streams.
"""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

_EVENT = re.compile(rb"id: (\d+)-\d+\nevent: market\n|event: market\nid: (\d+)-\d+\n")
_BLOCK_BITS = 20
"""An event's number is its block and its place among the block's logs."""


async def main(url: str, streams: int, file: Path) -> None:
    """Read until told to end."""
    parts, arrivals = urlsplit(url), defaultdict[int, list[float]](list)
    opened = [await _open(parts.hostname or "", parts.port or 80) for _ in range(streams)]
    reading = [asyncio.create_task(_read(reader, arrivals)) for reader, _ in opened]
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for one in reading:
        one.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    file.write_text(json.dumps(arrivals))


async def _open(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET /events HTTP/1.1\r\nhost: {host}:{port}\r\naccept: text/event-stream\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head[:16]:
        raise RuntimeError(head.decode(errors="replace"))
    return reader, writer


async def _read(reader: asyncio.StreamReader, arrivals: dict[int, list[float]]) -> None:
    left = b""
    while data := await reader.read(1 << 16):
        now, text = time.time(), (left + data).replace(b"\r", b"")
        end = text.rfind(b"\n\n") + 2
        if end < 2:
            left = text
            continue
        for found in _EVENT.finditer(text[:end]):
            arrivals[int(found[1] or found[2]) >> _BLOCK_BITS].append(now)
        left = text[end:]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
