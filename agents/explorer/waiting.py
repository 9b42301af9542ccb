"""Waiting for something to happen, but not for ever."""

import asyncio


async def within(seconds: float, event: asyncio.Event) -> bool:
    """Wait for the event, at most so long; whether it was set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
