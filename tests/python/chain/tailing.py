"""What the tests of those who read events share."""


async def drain(tailer):
    """All that the tailer has to tell up to the head."""
    items = []
    while found := await tailer.poll():
        items += found
    return items
