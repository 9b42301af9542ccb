"""An agent of the market: it looks, thinks and acts, one step after another.

    step() = act(think(perceive()))

Run as a script, it registers one agent of your own and lets it earn:

    python agents/agent.py --capabilities research,writing --profile balanced --provider http://127.0.0.1:8545
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from agents.bid_policy import BidPolicy, TaskBrief, brief_of
from agents.errors import ContentError, ContractError, ModelError, ModelUnavailable
from agents.market.content import ContentStore
from agents.market.domain import Bid, Task, TaskState, account_of_agent
from agents.market.view import MarketView
from agents.mind.actions import Action, Commit, Finalize, Reveal, Submit, TakeOver
from agents.mind.hands import Hands
from agents.mind.notes import Belief, BidNote, Notes
from agents.mind.percept import Percept, exposure, look, next_look, workload
from agents.mind.spending import Allowance, SpendingPolicy, Unlimited
from agents.mind.thoughts import Thoughts
from agents.openai_integration import FitAssessment, OpenAIIntegration

log = structlog.get_logger(__name__)

OPINION_SECONDS = 5
"""The bidding time that must be left to ask the model for its word; later, work comes first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a bid of the agent, for whoever learns from it."""

    task: Task
    note: BidNote
    bids: tuple[Bid, ...]
    """All revealed bids, best first."""
    cost: int | None
    """What the agent's work cost, in units; None if it did none."""
    unrevealed: int = 0
    """How many others committed a bid and did not open it."""


class LLMAgent:
    """One agent. Steps may be taken as often as one likes: what is done already is not done again.

    ``clock`` gives the chain's time. ``learn`` takes each outcome once and returns what the policy knows
    then, as text, which the agent keeps in its notes; of learning it knows nothing else. ``opinions`` is how
    many agents may ask the model for its word on a task at a time; without it none is asked for. ``offers``
    are the tasks that it may bid on, and which it strikes off once it has decided; without them it looks at
    all that are open. ``tell`` is called whenever a thought is done, so that there may be something to do.
    ``allowance`` says what the agent may still begin, and ``purse`` how many units are paid in for its thinking.
    """

    def __init__(
        self,
        hands: Hands,
        *,
        mind: OpenAIIntegration,
        policy: BidPolicy,
        view: MarketView,
        content: ContentStore,
        notes: Notes,
        clock: Callable[[], int],
        capacity: int = 3,
        spending: SpendingPolicy | None = None,
        learn: Callable[[Sequence[Outcome]], str] | None = None,
        opinions: asyncio.Semaphore | None = None,
        offers: set[int] | None = None,
        tell: Callable[[], None] | None = None,
        allowance: Allowance | None = None,
        purse: Callable[[], int] | None = None,
    ) -> None:
        self.hands = hands
        self.notes = notes
        self._mind, self._policy = mind, policy
        self._view, self._content = view, content
        self._clock, self._capacity = clock, capacity
        self._spending = spending or SpendingPolicy()
        self._learn = learn
        self._opinions, self._offers = opinions, offers
        self._allowance, self._purse = allowance or Unlimited(), purse or (lambda: 0)
        self._thoughts = Thoughts(tell)
        self._pricing = asyncio.Lock()
        self._log = log.bind(agent=hands.name)

    async def step(self) -> list[Action]:
        """One turn; returns the actions that reached the chain.

        Raises UserError when a person must mend something. All else is logged and tried again later.
        """
        return await self.act(self.think(self.perceive()))

    def perceive(self) -> Percept:
        """What there is to do now."""
        return look(self._view, self.notes, self.hands.agent_id, self._clock(), self._offers)

    def next_step(self) -> int | None:
        """The chain time at which a step may find something to do although nothing happens; None if never."""
        look = next_look(self._view, self.notes, self.hands.agent_id, self._clock(), self._offers)
        return min((time for time in (look, self.hands.rested()) if time is not None), default=None)

    def think(self, percept: Percept) -> list[Action]:
        """What to do about it. Questions for the model begin here and are answered in later turns."""
        self._thoughts.harvest()
        self._strike_off_late_offers(percept.now)
        if self._allowance.is_spent():
            percept = replace(percept, consider=(), commit=(), take_over=())
        for task in percept.consider:
            self._ponder("consider", task, self._consider)
        for task in percept.work:
            self._ponder("work", task, self._work)
        if percept.learn:
            self._take_in(percept.learn)
        actions: list[Action] = []
        actions += [Reveal(task.id, note.price, note.promised) for task, note in percept.reveal]
        actions += [Submit(task.id, result) for task, result in percept.submit]
        actions += [Commit(task.id, note.price, note.promised, task.bond) for task, note in percept.commit]
        actions += [Finalize(task.id) for task in percept.finalize]
        actions += percept.end
        actions += [TakeOver(task.id) for task in percept.take_over]
        return [action for action in actions if self.hands.is_free(action)]

    async def act(self, actions: Sequence[Action]) -> list[Action]:
        """Send what the spending policy lets through; returns what reached the chain."""
        allowed = [action for action in actions if self._may(action)]
        done = await asyncio.gather(*(self._try(action) for action in allowed))
        return [action for action, succeeded in zip(allowed, done, strict=True) if succeeded]

    async def settle_thoughts(self) -> None:
        """Wait until no question is open."""
        await self._thoughts.settle()

    async def stop(self) -> None:
        """Abandon open questions; nothing half thought is kept."""
        await self._thoughts.stop()

    # Thinking

    def _strike_off_late_offers(self, now: int) -> None:
        for task_id in [*self._offers] if self._offers else ():
            task = self._view.open.get(task_id)
            if task is None or now + 1 >= task.bidding_end:
                self._strike_off(task_id)

    def _strike_off(self, task_id: int) -> None:
        if self._offers is not None:
            self._offers.discard(task_id)
            self.notes.forget(task_id)

    def _ponder(self, kind: str, task: Task, think: Callable[[Task], Awaitable[None]]) -> None:
        if not self.hands.is_ready(kind, task.id):
            return

        async def guarded() -> None:
            try:
                await think(task)
            except ModelUnavailable as error:
                self.hands.rest(kind, task.id, str(error))

        self._thoughts.start((kind, task.id), guarded)

    async def _consider(self, task: Task) -> None:
        """Decide about a bid and note the decision; a bad document or answer is a reason not to bid."""
        try:
            brief = await self._brief(task)
            fit = await self._mind.evaluate_task_fit(brief, with_opinion=False)
            # One price at a time: what this bid may come to is known before the next is thought of.
            async with self._pricing:
                note = await self._decide(task, brief, fit)
                self.notes.put_bid(note)
        except (ContentError, ModelError) as error:
            note = BidNote(task.id, "skipped", str(error))
            self.notes.put_bid(note)
        self._strike_off(task.id)
        if note.status == "skipped":
            self._log.info("bid.skipped", task=task.id, reason=note.reason)
            return
        belief = note.belief
        self._log.info(
            "bid.planned",
            task=task.id,
            fit=note.fit,
            source=belief.source,
            believes=belief.win_probability,
            inputs=dict(belief.inputs),
        )
        if self._opinions is not None:
            self._ponder("opinion", task, self._opine)

    async def _decide(self, task: Task, brief: TaskBrief, fit: FitAssessment) -> BidNote:
        view, agent_id = self._view, self.hands.agent_id
        reputation = view.reputation(agent_id, task.skill)
        busy, load = workload(view, self.notes, agent_id, self._capacity), view.demand.load(task.skill)
        estimate = await self._mind.estimate_cost(brief)
        quote = await self._mind.quote_bid(
            brief,
            fit,
            self._policy,
            estimate,
            reputation=reputation.value,
            quality=reputation.quality,
            workload=busy,
            second_price=task.mode == task.mode.SEALED_SECOND_PRICE,
            bond=task.bond,
            rivals=view.demand.rivals(agent_id, task),
            load=load,
            runway=view.balance(account_of_agent(agent_id)).free + self._purse(),
            exposure=exposure(view, self.notes, agent_id),
        )
        belief = Belief(quote.win_probability, quote.source, quote.inputs, estimate.worst_units, load, busy)
        if quote.price is None:
            why = f": {quote.source}" if quote.source else ""
            reason = f"no price (fit {fit.score:.2f}){why}"
            return BidNote(task.id, "skipped", reason, fit=fit.score, belief=belief)
        # Half of the window leaves room for a busy model. Being late costs reputation.
        promised = max(1, task.delivery_window // 2)
        return BidNote(
            task.id, "planned", "", quote.price, promised, estimate.units, round(fit.score, 6), belief
        )

    async def _opine(self, task: Task) -> None:
        """Note the model's word beside the fit. It moves no price: what a small model says of itself means little."""
        assert self._opinions is not None
        async with self._opinions:
            if self._clock() + OPINION_SECONDS >= task.bidding_end:
                return
            fit = await self._mind.evaluate_task_fit(await self._brief(task), with_opinion=True)
        if fit.opinion is not None:
            word = "yes" if fit.opinion.can_do else "no"
            self.notes.put_opinion(task.id, f"{word}: {fit.opinion.reason}")
            self._log.info("task.opinion", task=task.id, word=word, model=fit.opinion.model)

    async def _work(self, task: Task) -> None:
        """Do the work and note its digest, after the document is in the store."""
        try:
            result = await self._mind.execute_task(await self._brief(task))
        except (ContentError, ModelError) as error:
            self.notes.put_failure(task.id, str(error))
            self._log.warning("work.failed", task=task.id, reason=str(error))
            return
        document = {"task": task.id, "answer": result.answer, "steps": result.steps, "model": result.model}
        digest = await self._content.put_json(document)
        self.notes.put_result(task.id, digest, result.model)
        self._log.info("work.done", task=task.id, model=result.model)

    async def _brief(self, task: Task) -> TaskBrief:
        return brief_of(task, await self._content.get_specification(task.specification))

    def _take_in(self, ended: Sequence[tuple[Task, BidNote]]) -> None:
        outcomes = [self._outcome(task, note) for task, note in ended]
        state = self._learn(outcomes) if self._learn else ""
        rewards = {
            task.id: task.price - task.fee if task.state is TaskState.SETTLED else 0
            for task, _ in ended
            if task.agent_id == self.hands.agent_id
        }
        self.notes.put_learned([task.id for task, _ in ended], state, rewards)

    def _outcome(self, task: Task, note: BidNote) -> Outcome:
        bids = tuple(self._view.ranking(task.id))
        sealed = self._view.demand.bidders.get(task.id, set()) - {bid.agent_id for bid in bids}
        return Outcome(task, note, bids, self.notes.cost(task.id), len(sealed - {self.hands.agent_id}))

    # Acting

    def _may(self, action: Action) -> bool:
        task = self._view.tasks[action.task_id]
        balance = self._view.balance(account_of_agent(self.hands.agent_id))
        reason = self._spending.refusal(action, task, balance, self._purse())
        if reason is not None:
            self._give_up(action, reason)
            return False
        note = self.notes.bid(task.id)
        if isinstance(action, Commit | TakeOver) and note is not None:
            reason = self._allowance.hold(task, note.belief.worst_cost)
            if reason is not None:
                self.hands.rest(action.kind, task.id, reason)
        return reason is None

    async def _try(self, action: Action) -> bool:
        error = await self.hands.attempt(action)
        if isinstance(action, Commit) and isinstance(error, ContractError):
            self._give_up(action, str(error))
        return error is None

    def _give_up(self, action: Action, reason: str) -> None:
        """A bid is dropped for good; a place that could be taken over may still be, once there are credits."""
        if not isinstance(action, Commit):
            self.hands.rest(action.kind, action.task_id, reason)
            return
        note = self.notes.bid(action.task_id)
        assert note is not None
        self.notes.put_bid(replace(note, status="refused", reason=reason))
        self._log.warning("bid.refused", task=action.task_id, reason=reason)


if __name__ == "__main__":
    from agents.fleet.single import main

    main()
