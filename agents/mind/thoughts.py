"""Thinking that takes longer than a turn: model calls run beside the agent's steps, one for each question."""

import asyncio
from collections.abc import Callable, Coroutine

Question = tuple[str, int]
"""What is thought about: the kind of thought, and the task."""


class Thoughts:
    """The thoughts under way. A question is never thought about twice at a time.

    ``tell`` is called whenever one is done.
    """

    __slots__ = ("_running", "_tell")

    def __init__(self, tell: Callable[[], None] | None = None) -> None:
        self._running: dict[Question, asyncio.Task[None]] = {}
        self._tell = tell

    def start(self, question: Question, think: Callable[[], Coroutine[None, None, None]]) -> None:
        """Begin to think, unless that thought is under way."""
        if question not in self._running:
            task = asyncio.create_task(think(), name=f"{question[0]} {question[1]}")
            self._running[question] = task
            tell = self._tell
            if tell is not None:
                task.add_done_callback(lambda _: tell())

    def harvest(self) -> None:
        """Drop the thoughts that are done; raises what one of them raised."""
        done = [question for question, task in self._running.items() if task.done()]
        for question in done:
            self._running.pop(question).result()

    def __len__(self) -> int:
        return len(self._running)

    async def settle(self) -> None:
        """Wait until every thought is done; raises what one of them raised."""
        while self._running:
            await asyncio.wait(self._running.values())
            self.harvest()

    async def stop(self) -> None:
        """Abandon what is under way. A thought leaves its note when it is complete, or nothing."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
