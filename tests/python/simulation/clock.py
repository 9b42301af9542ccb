"""The runs' event loop, which also holds what failed without anybody's looking: hours take seconds."""

from typing import Any

from agents.fleet.timeline.loop import TimelineLoop


class VirtualLoop(TimelineLoop):
    """``strays`` holds what failed without anybody's looking."""

    def __init__(self) -> None:
        super().__init__()
        self.strays: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.strays.append(context))
