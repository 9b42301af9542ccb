"""The buyer's side: posts tasks, scores what is delivered, and brings its tasks to their end.

Like a worker it acts on the state it finds, so it can be stopped and started at any time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from agents.bid_policy import brief_of
from agents.chain.wallet import Wallet
from agents.errors import ContentError, ContentMissing, ModelError, ModelUnavailable
from agents.market.checkers import check_exact, check_number
from agents.market.content import ContentStore
from agents.market.domain import Round, Task, TaskState
from agents.market.marketplace import Marketplace, TaskTerms
from agents.market.readers import TaskDraft
from agents.market.specification import JudgeChecker, NumberChecker
from agents.market.view import MarketView
from agents.mind.actions import Action, Evaluate, Forfeit, Unseal
from agents.mind.duties import overdue
from agents.mind.hands import Hands
from agents.mind.postings import Posting, Postings
from agents.mind.thoughts import Thoughts
from agents.openai_integration import OpenAIIntegration

log = structlog.get_logger(__name__)

NAME = "requester"
GRACE = 3
"""Seconds that others have to end an auction, or to take their pay, before the requester does it."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of the tasks that are posted, in seconds."""

    bidding: int = 30
    reveal: int = 20
    delivery: int = 300
    review: int = 60


class Requester:
    """One buyer, who evaluates its tasks itself. ``clock`` gives the chain's time."""

    def __init__(
        self,
        wallet: Wallet,
        *,
        judge: OpenAIIntegration,
        market: Marketplace,
        view: MarketView,
        content: ContentStore,
        postings: Postings,
        clock: Callable[[], int],
        windows: Windows | None = None,
    ) -> None:
        self.wallet = wallet
        self.postings = postings
        self._judge = judge
        self._hands = Hands(NAME, wallet, market, clock)
        self._market, self._view, self._content = market, view, content
        self._clock = clock
        self._windows = windows or Windows()
        self._thoughts = Thoughts()
        self._log = log.bind(agent=NAME)

    # Posting

    async def prepare(self, source: str, drafts: Sequence[TaskDraft]) -> list[Posting]:
        """The batch to post: the one that was begun and has not ended, or else a new one of ``drafts``."""
        begun = self.postings.latest(source)
        if begun and not all(self._has_ended(posting) for posting in begun):
            return begun
        for draft in drafts:
            await self._content.put(draft.specification.canonical_bytes())
        return self.postings.put(source, begun[0].batch + 1 if begun else 1, drafts)

    async def post(self, batch: Sequence[Posting]) -> list[int]:
        """Post what of the batch is not on chain yet; returns the ids of its tasks, in order."""
        return list(await asyncio.gather(*(self._post(posting) for posting in batch)))

    async def _post(self, posting: Posting) -> int:
        if posting.task_id is not None:
            return posting.task_id
        terms = TaskTerms(
            specification=posting.digest,
            skill=posting.skill,
            reserve=posting.reward,
            evaluator=self.wallet.address,
            mode=posting.mode,
            bidding_window=self._windows.bidding,
            reveal_window=self._windows.reveal,
            delivery_window=self._windows.delivery,
            review_window=self._windows.review,
        )
        task_id = await self._market.create_task(self.wallet, terms, intent=posting.intent)
        self.postings.put_task(posting, task_id)
        self._log.info("task.posted", task=task_id, title=posting.title, skill=posting.skill)
        return task_id

    def _has_ended(self, posting: Posting) -> bool:
        task = self._view.tasks.get(posting.task_id or 0)
        return task is not None and task.state.is_final

    # Steps

    async def step(self) -> list[Action]:
        """One turn; returns the actions that reached the chain. Raises UserError when a person must act."""
        self._thoughts.harvest()
        actions = [action for task in list(self._view.open.values()) for action in self._duties(task)]
        actions += [
            Forfeit(task_id, agent_id)
            for task_id, agent_id in self._view.commitments
            if self._is_mine(self._view.tasks[task_id])
            and self._clock() >= self._view.tasks[task_id].reveal_end
        ]
        ready = [action for action in actions if self._hands.is_free(action)]
        errors = await asyncio.gather(*(self._hands.attempt(action) for action in ready))
        await self.publish_answers()
        return [action for action, error in zip(ready, errors, strict=True) if error is None]

    async def stop(self) -> None:
        """Abandon open questions; nothing half thought is kept."""
        await self._thoughts.stop()

    async def publish_answers(self) -> None:
        """The answer keys of ended tasks go into the content store, so that anyone can check the scores."""
        for posting in self.postings.unpublished():
            if self._has_ended(posting) and posting.key is not None:
                digest = await self._content.put(posting.key.publish())
                self.postings.put_published(posting, digest)
                self._log.info("answer.published", task=posting.task_id, document=digest.hex())

    def _duties(self, task: Task) -> list[Action]:
        """What the state of one task asks of its requester now."""
        if not self._is_mine(task):
            return []
        if task.round is Round.CONVENED and self._clock() + 1 < task.deadline:
            return [Unseal(task.id, task)]
        if task.state is TaskState.SUBMITTED and self._clock() + 1 < task.deadline:
            verdict = self.postings.verdict(task.id)
            if verdict is not None:
                return [Evaluate(task.id, verdict[0])]
            self._ponder(task)
            return []
        # Whoever gains from the next step goes first: the bidders, and the worker who was not scored.
        waits = bool(self._view.bids.get(task.id)) and task.state in (TaskState.OPEN, TaskState.SUBMITTED)
        action = overdue(task, self._clock(), GRACE if waits else 0)
        return [action] if action else []

    def _ponder(self, task: Task) -> None:
        async def guarded() -> None:
            try:
                score, reason = await self._score(task)
            except (ModelUnavailable, ModelError, ContentError) as error:
                # Silence pays the worker, and that is right: it delivered, and nobody can say that it is bad.
                self._hands.rest("evaluate", task.id, str(error))
                return
            self.postings.put_verdict(task.id, score, reason)
            self._log.info("result.scored", task=task.id, score=score, reason=reason)

        if self._hands.is_ready("evaluate", task.id):
            self._thoughts.start(("evaluate", task.id), guarded)

    async def _score(self, task: Task) -> tuple[int, str]:
        """The score of what was delivered, 0 to 100, and why; a document that cannot be read scores 0."""
        assert task.result is not None
        posting = self.postings.of_task(task.id)
        specification = await self._content.get_specification(task.specification)
        try:
            answer = (await self._content.get_json(task.result)).get("answer")
        except ContentError as error:
            return 0, f"the result cannot be read: {error}"
        if not isinstance(answer, str):
            return 0, "the result has no answer"
        checker = specification.checker
        if isinstance(checker, JudgeChecker):
            brief = brief_of(task, specification)
            verdict = await self._judge.evaluate_task_result(brief, checker.rubric, answer)
            return verdict.score, f"{verdict.reason}, says {verdict.model}"
        if posting is None or posting.key is None:
            raise ContentMissing(f"{task.specification.hex()} (its answer key)")
        check = check_number if isinstance(checker, NumberChecker) else check_exact
        score = check(answer, posting.key)
        return score, "right" if score else "not the committed answer"

    def _is_mine(self, task: Task) -> bool:
        return task.requester == self.wallet.address
