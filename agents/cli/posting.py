"""What ``agora task create`` does: tasks are kept, paid for and posted, each once, whatever happens in between."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eth_utils.address import is_address

from agents.chain.reader import read
from agents.chain.words import checksummed
from agents.cli.desk import Desk
from agents.cli.home import noted
from agents.cli.show import credits_of, document, line, page, table, tell, working
from agents.errors import SettingOutOfRange
from agents.market.domain import TaskState
from agents.market.marketplace import TaskTerms
from agents.market.readers import TaskDraft
from agents.market.specification import canonical_json
from agents.mind.postings import Posting, Postings
from agents.money import format_credits
from agents.requester import Windows


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which tasks are posted, beside what each says itself."""

    windows: Windows
    evaluator: str
    """Its address."""
    by_pool: bool
    passing_score: int
    parent: int = 0

    def terms(self, posting: Posting) -> TaskTerms:
        """All that the contract is told of a task."""
        return TaskTerms(
            specification=posting.digest,
            skill=posting.skill,
            reserve=posting.reward,
            evaluator=self.evaluator,
            mode=posting.mode,
            passing_score=self.passing_score,
            bidding_window=self.windows.bidding,
            reveal_window=self.windows.reveal,
            delivery_window=self.windows.delivery,
            review_window=self.windows.review,
            parent_id=self.parent,
        )

    def name(self, drafts: Sequence[TaskDraft]) -> str:
        """The name of these tasks under these conditions; the salts of their answers do not count."""
        described = [
            {
                "title": one.specification.title,
                "description": one.specification.description,
                "skill": one.specification.skill,
                "answer": one.key.answer if one.key else None,
                "rubric": None if one.key else one.specification.checker.model_dump(mode="json"),
                "reward": one.reward,
                "mode": one.mode,
            }
            for one in drafts
        ]
        return hashlib.sha256(canonical_json({"tasks": described, "conditions": repr(self)})).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Posted:
    """Tasks on chain, and what their requester locked for them."""

    tasks: list[Posting]
    locked: int
    """Units: the rewards, and what a wrong rejection or a panel would cost."""


async def post(desk: Desk, drafts: Sequence[TaskDraft], conditions: Conditions) -> Posted:
    """All drafts are tasks on chain, paid from the wallet's account.

    If an earlier command with the same tasks was cut off, it is finished. Raises InsufficientFunds, ContractError.
    """
    postings = Postings(desk.store)
    batch = await _prepare(desk, postings, drafts, conditions.name(drafts))
    missing = [one for one in batch if one.task_id is None]
    terms = await desk.market.terms()
    costs = {one.number: one.reward + terms.deposit(one.reward, conditions.by_pool) for one in batch}
    await desk.bring_gas(desk.wallet.address)
    needed = sum(costs[one.number] for one in missing)
    await desk.afford(needed, f"to post {'it' if len(missing) == 1 else f'{len(missing)} tasks'}")

    async def one(posting: Posting) -> None:
        task_id = await desk.market.create_task(desk.wallet, conditions.terms(posting), intent=posting.intent)
        postings.put_task(posting, task_id)

    with working(f"posting for {format_credits(needed)} credits"):
        await asyncio.gather(*(one(posting) for posting in missing))
    return Posted(postings.latest(batch[0].source), sum(costs.values()))


async def _prepare(desk: Desk, postings: Postings, drafts: Sequence[TaskDraft], source: str) -> list[Posting]:
    """The batch that was begun and is not on chain as a whole, or else a new one."""
    begun = postings.latest(source)
    if any(one.task_id is None for one in begun):
        return begun
    for draft in drafts:
        await desk.content.put(draft.specification.canonical_bytes())
    return postings.put(source, begun[0].batch + 1 if begun else 1, drafts)


async def publish_answers(desk: Desk) -> None:
    """The answer keys of this wallet's ended tasks are in the content store, so that anyone can check the scores."""
    postings = Postings(desk.store)
    for posting in postings.unpublished():
        assert posting.task_id is not None, "it is on chain"
        assert posting.key is not None, "it has an answer"
        state = await read(desk.rpc, desk.deployment.tasks.state_of(posting.task_id))
        if TaskState(state).is_final:
            postings.put_published(posting, await desk.content.put(posting.key.publish()))


def evaluator_of(text: str, desk: Desk) -> str:
    """The address of ``me``, of the ``pool``, or the one that is written. Raises SettingOutOfRange."""
    if text == "me":
        return desk.wallet.address
    if text == "pool":
        return desk.deployment.pool.address
    if not is_address(text):
        raise SettingOutOfRange("--evaluator", text, "me, pool, or an address")
    return checksummed(text)


def told(desk: Desk, posted: Posted, *, as_json: bool) -> Iterable[str]:
    """The tasks that were posted, and what is locked for them."""
    if as_json:
        return document(
            {
                "wallet": desk.wallet.address,
                "locked": posted.locked,
                "tasks": [
                    {
                        "id": one.task_id,
                        "title": one.title,
                        "skill": one.skill,
                        "reward": one.reward,
                        "specification": f"0x{one.digest.hex()}",
                    }
                    for one in posted.tasks
                ],
            }
        )
    market = noted(desk.settings.home)
    if market is not None and len(posted.tasks) == 1:
        tell(f"follow it at {market.explorer}/tasks/{posted.tasks[0].task_id}")
    rows = [(str(one.task_id), line(one.title), one.skill, credits_of(one.reward)) for one in posted.tasks]
    return [
        *page(table([">task", "~title", "skill", ">reward"], rows)),
        f"{credits_of(posted.locked)} credits are locked from wallet {desk.wallet.address}",
    ]
