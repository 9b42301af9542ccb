"""Who gets a task, and at what price."""

from dataclasses import replace

from .base import operation
from .bids import Bid, Relayed, SignedBid, SignedCommitment, ranking, second_price
from .law import MAX_PROMISE, Mode, Refused, State, account_of_agent, need
from .lives import Lives
from .task import Task

SEALED = (Mode.SECOND_PRICE, Mode.FIRST_PRICE)


class Auctions(Lives):
    """Bids and awards."""

    # Sealed bids

    @operation
    def commit(self, caller: str, task_id: int, agent: int, digest: int) -> None:
        """Bid under seal, or replace such a bid."""
        self._commit(caller, task_id, agent, digest)

    @operation
    def commit_for(self, caller: str, relayed: Relayed[SignedCommitment]) -> None:
        """Send another's sealed bid."""
        self._commit_for(relayed)

    @operation
    def commit_many(self, caller: str, relayed: list[Relayed[SignedCommitment]]) -> None:
        """Send others' sealed bids; those that are refused are left out."""
        need(relayed, "EmptyBatch")
        for index, one in enumerate(relayed):
            try:
                self._commit_for(one)
            except Refused as error:
                self.tell("RelaySkipped", index, error.args)

    @operation
    def reveal(self, caller: str, task_id: int, agent: int, price: int, promised: int, salt: bytes) -> None:
        """Open a sealed bid. The leader alone keeps a bond."""
        task = self._auctioned(task_id)
        need(self.now >= task.bidding_end, "RevealNotOpen", task_id, task.bidding_end, self.now)
        need(self.now < task.reveal_end, "RevealClosed", task_id, task.reveal_end, self.now)
        bid = task.sealed(agent)
        if bid is None:
            raise Refused("NoCommitment", task_id, agent)
        opened = self.digest_of(task_id, agent, price, promised, salt)
        need(bid.digest == opened, "WrongOpening", task_id, agent)
        self._offer(task, price, promised)
        led = task.ranking[:1]
        self._show(task, replace(bid, price=price, promised=promised, digest=0))
        for loser in {agent, *(one.agent for one in led)} - {task.ranking[0].agent}:
            self.give_back(task, account_of_agent(loser))

    @operation
    def forfeit(self, caller: str, task_id: int, agent: int) -> None:
        """Burn the bond of a bid that stayed sealed."""
        task = self._auctioned(task_id)
        need(self.now >= task.reveal_end, "RevealStillOpen", task_id, task.reveal_end, self.now)
        need(task.sealed(agent), "NoCommitment", task_id, agent)
        del task.bids[agent]
        self.tell("BondForfeited", task_id, agent, task.bond)
        self.destroy(task, agent, task.bond)

    # Open bids

    @operation
    def bid(self, caller: str, task_id: int, agent: int, price: int, promised: int) -> None:
        """Bid for all to see."""
        self._bid(caller, task_id, agent, price, promised)

    @operation
    def bid_for(self, caller: str, relayed: Relayed[SignedBid]) -> None:
        """Send another's open bid."""
        self._bid_for(relayed)

    @operation
    def bid_many(self, caller: str, relayed: list[Relayed[SignedBid]]) -> None:
        """Send others' open bids; those that are refused are left out."""
        need(relayed, "EmptyBatch")
        for index, one in enumerate(relayed):
            try:
                self._bid_for(one)
            except Refused as error:
                self.tell("RelaySkipped", index, error.args)

    @operation
    def accept(self, caller: str, relayed: Relayed[SignedBid]) -> None:
        """Choose one signed bid."""
        signed = relayed.item
        self._check_nonce(relayed)
        task = self._auctioned(signed.task_id)
        need(task.mode is Mode.DIRECT, "WrongMode", task.id, task.mode)
        need(caller == task.requester, "NotRequester", task.id, caller)
        need(not task.touched, "HasCommitments", task.id)
        self._offer(task, signed.price, signed.promised)
        bid = self._bidder(task, signed.agent, relayed.signer)
        self.book.afford(account_of_agent(signed.agent), task.bond)
        self._use(relayed)
        task.touched = True
        self._show(task, replace(bid, price=signed.price, promised=signed.promised))
        self.tell("AuctionFinalized", task.id, signed.agent, signed.price)
        self.pledge(task, account_of_agent(signed.agent), task.bond)
        self.award(task, task.bids[signed.agent], signed.price)

    @operation
    def invalidate_nonces(self, caller: str, word: int, mask: int) -> None:
        """Make bids useless that were signed but not sent."""
        self.nonces |= {(caller, 256 * word + bit) for bit in range(256) if mask >> bit & 1}
        self.tell("NoncesInvalidated", caller, word, mask)

    # Awards

    @operation
    def finalize(self, caller: str, task_id: int) -> None:
        """Award the task, or end it when nobody has bid."""
        task = self.task(task_id)
        if task.state is not State.OPEN:
            return
        need(task.mode is not Mode.RACE, "WrongMode", task_id, task.mode)
        need(self.now >= task.reveal_end, "RevealStillOpen", task_id, task.reveal_end, self.now)
        if not task.ranking:
            self.tell("AuctionFinalized", task_id, 0, 0)
            self.expire(task)
            return
        best, *others = task.ranking
        price = self._price(task, best, others)
        self.tell("AuctionFinalized", task_id, best.agent, price)
        self.award(task, best, price)

    @operation
    def take_over(self, caller: str, task_id: int, agent: int) -> None:
        """Take the place of a worker that has defaulted, as if it had never bid."""
        ranked = self.tasks[task_id].ranking if task_id in self.tasks else []
        need(len(ranked) > 1 and agent == ranked[1].agent, "NotRunnerUp", task_id, agent)
        task, (_, heir, *others) = self.tasks[task_id], ranked
        need(task.state is State.DEFAULTED, "NotDefaulted", task_id, task.state)
        known = self.agents[agent]
        need(known.active and known.obeys(caller) and known.epoch == heir.epoch, "CannotBid", agent, caller)
        self.book.afford(account_of_agent(agent), task.bond)
        self.before(task)
        price = self._price(task, heir, others)
        task.succeeded = True
        self.tell("TaskTakenOver", task_id, agent, price)
        self.pledge(task, account_of_agent(agent), task.bond)
        self.award(task, heir, price)

    # Within

    def _price(self, task: Task, best: Bid, others: list[Bid]) -> int:
        assert best.price is not None
        return second_price(best, others, task.reserve) if task.mode is Mode.SECOND_PRICE else best.price

    def _auctioned(self, task_id: int) -> Task:
        task = self.tasks.get(task_id)
        if task is None or task.state is State.CANCELLED:
            raise Refused("TaskNotOpen", task_id)
        return task

    def _offer(self, task: Task, price: int, promised: int) -> None:
        need(1 <= price <= task.reserve, "PriceOutOfBounds", price, task.reserve)
        need(1 <= promised <= MAX_PROMISE, "PromiseOutOfBounds", promised, MAX_PROMISE)

    def _bidder(self, task: Task, agent: int, account: str, tie: int = 0) -> Bid:
        """A bid without a price; its quality is frozen."""
        need(self.now < task.bidding_end, "BiddingClosed", task.id, task.bidding_end, self.now)
        known = self.agents.get(agent)
        if known is None or not (known.active and known.obeys(account)):
            raise Refused("CannotBid", agent, account)
        return Bid(agent, known.epoch, known.quality(task.params.skill), tie)

    def _show(self, task: Task, bid: Bid) -> None:
        """Rank a bid with the others; those that fall behind are out."""
        task.bids[bid.agent], task.shown = bid, task.shown + 1
        kept = {one.agent for one in ranking(task.bids.values())}
        for agent, one in task.bids.items():
            if one.price is not None and agent not in kept:
                task.bids[agent] = replace(one, out=True)
        self.tell("BidRevealed", task.id, bid.agent, bid.price, bid.promised, bid.quality)

    def _commit(self, account: str, task_id: int, agent: int, digest: int) -> None:
        need(digest, "EmptyCommitment")
        task = self._auctioned(task_id)
        need(task.mode in SEALED, "WrongMode", task_id, task.mode)
        bid = self._bidder(task, agent, account, digest >> 136)
        replaced = agent in task.bids
        if not replaced:
            self.book.afford(account_of_agent(agent), task.bond)
        task.touched = True
        task.bids[agent] = replace(bid, digest=digest)
        self.tell("BidCommitted", task_id, agent, digest, bid.quality, replaced)
        if not replaced:
            self.pledge(task, account_of_agent(agent), task.bond)

    def _commit_for(self, relayed: Relayed[SignedCommitment]) -> None:
        signed = relayed.item
        self._check_signature(relayed)
        bid = self.tasks[signed.task_id].sealed(signed.agent) if signed.task_id in self.tasks else None
        current = bid.digest if bid else 0
        changed = current != signed.replaces
        need(not changed, "CommitmentChanged", signed.task_id, signed.agent, signed.replaces, current)
        self._commit(relayed.signer, signed.task_id, signed.agent, signed.digest)

    def _bid(self, account: str, task_id: int, agent: int, price: int, promised: int) -> None:
        task = self._auctioned(task_id)
        need(task.mode is Mode.OPEN, "WrongMode", task_id, task.mode)
        self._offer(task, price, promised)
        # Of equal bids the earlier wins.
        bid = self._bidder(task, agent, account, tie=task.shown)
        former = task.bids.get(agent)
        if former and former.price is not None:
            need(price < former.price, "NotAnImprovement", task_id, agent, price, former.price)
        led = task.ranking[0].agent if task.ranking else 0
        if former and former.epoch == bid.epoch:
            # So that a lower price is always a better bid.
            bid = replace(bid, quality=former.quality)
        bid = replace(bid, price=price, promised=promised)
        leads = (
            led != agent and ranking([*(one for one in task.ranking if one.agent != agent), bid])[0] is bid
        )
        if leads:
            self.book.afford(account_of_agent(agent), task.bond)
        task.touched = True
        self._show(task, bid)
        if leads:
            self.pledge(task, account_of_agent(agent), task.bond)
            self.give_back(task, account_of_agent(led))

    def _bid_for(self, relayed: Relayed[SignedBid]) -> None:
        signed = relayed.item
        self._check_nonce(relayed)
        self._bid(relayed.signer, signed.task_id, signed.agent, signed.price, signed.promised)
        self._use(relayed)

    def _check_signature(self, relayed: Relayed[SignedBid] | Relayed[SignedCommitment]) -> None:
        until = relayed.item.valid_until
        need(self.now < until, "SignatureExpired", until, self.now)
        need(relayed.genuine, "InvalidSignature", relayed.signer)

    def _check_nonce(self, relayed: Relayed[SignedBid]) -> None:
        self._check_signature(relayed)
        nonce = relayed.item.nonce
        need((relayed.signer, nonce) not in self.nonces, "NonceUsed", relayed.signer, nonce)

    def _use(self, relayed: Relayed[SignedBid]) -> None:
        self.nonces.add((relayed.signer, relayed.item.nonce))
