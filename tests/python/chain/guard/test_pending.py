"""The sums of pending costs: never above what a sender holds, and never in the way of who can pay."""

import asyncio
from collections import defaultdict

import pytest
from guarded import RULES
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.chain.guard.pending import LOOK_AGAIN, MOST_SENDERS, Pending
from agents.chain.guard.refusals import Code
from agents.chain.guard.rules import Rules
from agents.chain.guard.transactions import Signed
from agents.errors import UpstreamLost

SENDERS = [bytes([number]) * 20 for number in (1, 2)]
ADA = SENDERS[0]


class Node:
    """The chain as far as the guard asks about it; what it holds for a block, by sender and nonce."""

    def __init__(self):
        self.balances = dict.fromkeys(SENDERS, 100)
        self.counts = dict.fromkeys(SENDERS, 0)
        self.pool = {}
        self.asked = 0
        self.meanwhile = None

    async def call(self, calls):
        self.asked += 1
        results = []
        for at, (method, (address, block)) in enumerate(calls):
            if at == len(calls) // 2 and self.meanwhile:
                self.meanwhile()  # Between the counts and the balances.
            assert block == "latest"
            table = self.counts if method == "eth_getTransactionCount" else self.balances
            results.append(hex(table[bytes.fromhex(address[2:])]))
        return results

    def take(self, one):
        """The node's own rules for its pool; whether it took the transaction."""
        held = self.pool.get((one.sender, one.nonce), 0)
        if one.nonce < self.counts[one.sender] or (held and one.cost <= held):
            return False
        self.pool[one.sender, one.nonce] = one.cost
        return True

    def mine(self, sender, share):
        """The sender's next transaction is mined, and costs a share of its most."""
        cost = self.pool.pop((sender, self.counts[sender]), None)
        if cost is not None:
            assert cost <= self.balances[sender], "this block could not be built"
            self.balances[sender] -= cost * share // 100
            self.counts[sender] += 1

    def waiting(self, sender):
        return sum(cost for (who, _), cost in self.pool.items() if who == sender)


def run(coroutine):
    return asyncio.run(coroutine)


class Life(RuleBasedStateMachine):
    """Any order of sending, refusing, losing, mining and being paid."""

    def __init__(self):
        super().__init__()
        self.node = Node()
        self.pending = Pending(self.node, RULES)
        self.open, self.lost = [], set()

    @rule(data=st.data())
    def ask(self, data):
        wanted = data.draw(
            st.lists(
                st.builds(Signed, st.sampled_from(SENDERS), st.integers(0, 6), st.integers(1, 70)),
                min_size=1,
                max_size=4,
            )
        )
        verdicts = run(self.pending.admit(wanted))
        self.open += [one for one, verdict in zip(wanted, verdicts, strict=True) if verdict is None]

    @precondition(lambda self: self.open)
    @rule(data=st.data(), end=st.sampled_from(["answered", "answered", "reply lost", "request lost"]))
    def end_one(self, data, end):
        one = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        taken = self.node.take(one) if end != "request lost" else True
        self.pending.settle(one, taken=taken if end == "answered" else True)
        if end != "answered":
            self.lost.add(one.sender)

    @rule(sender=st.sampled_from(SENDERS), share=st.integers(1, 100))
    def mine(self, sender, share):
        self.node.mine(sender, share)

    @rule(sender=st.sampled_from(SENDERS), wei=st.integers(1, 100))
    def pay(self, sender, wei):
        self.node.balances[sender] += wei

    @invariant()
    def every_block_can_be_built(self):
        for sender in SENDERS:
            assert self.node.waiting(sender) <= self.node.balances[sender]

    @rule(sender=st.sampled_from(SENDERS), cost=st.integers(1, 100))
    def who_can_pay_is_let_through(self, sender, cost):
        if sender in self.lost or any(one.sender == sender for one in self.open):
            return  # Of these the guard cannot know.
        free = max([nonce for who, nonce in self.node.pool if who == sender], default=0) + 10
        affordable = self.node.waiting(sender) + cost <= self.node.balances[sender]
        one = Signed(sender, free, cost)
        (verdict,) = run(self.pending.admit([one]))
        assert (verdict is None) == affordable
        if verdict is None:
            self.pending.settle(one, taken=False)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.fixture
def node():
    return Node()


async def test_the_node_is_asked_once_for_many_transactions(node):
    pending = Pending(node, RULES)
    node.balances[ADA] = 10**18
    for nonce in range(LOOK_AGAIN):
        (verdict,) = await pending.admit([Signed(ADA, nonce, 100)])
        assert verdict is None
        pending.settle(Signed(ADA, nonce, 100), taken=True)
    assert node.asked == 1


async def test_what_only_together_seems_too_much_is_looked_at_again(node):
    pending = Pending(node, RULES)
    first = Signed(ADA, 0, 60)
    await pending.admit([first])
    node.take(first)
    pending.settle(first, taken=True)
    node.mine(ADA, 1)
    assert await pending.admit([Signed(ADA, nonce, 30) for nonce in (1, 2, 3)]) == [None] * 3


async def test_a_block_between_count_and_balance_takes_nothing_twice_from_the_rest(node):
    """Counts are read before balances: what is mined in between is then taken off twice, for a moment."""
    pending = Pending(node, RULES)
    one = Signed(ADA, 0, 60)
    await pending.admit([one])
    node.take(one)
    pending.settle(one, taken=True)
    node.meanwhile = lambda: node.mine(ADA, 100)
    (verdict,) = await pending.admit([Signed(ADA, 1, 50)])
    assert verdict is not None
    assert verdict.code == Code.PENDING
    assert node.balances[ADA] == 40


async def test_an_older_look_does_not_undo_a_newer_one(node):
    """Two requests ask at the same time, and the answers come in the other order."""
    first, second = asyncio.Event(), asyncio.Event()
    answers = [(0, 100, second), (1, 40, first)]

    class Slow:
        async def call(self, calls):
            count, balance, gate = answers.pop(0)
            await gate.wait()
            return [hex(count), hex(balance)]

    pending = Pending(Slow(), RULES)
    early = asyncio.create_task(pending.admit([Signed(ADA, 1, 50)]))
    await asyncio.sleep(0)
    late = asyncio.create_task(pending.admit([Signed(ADA, 2, 30)]))
    await asyncio.sleep(0)
    first.set()
    assert await late == [None]
    second.set()
    (verdict,) = await early
    assert verdict is not None
    assert "holds 40 wei" in verdict.message


async def test_what_failed_to_be_looked_up_reserves_nothing(node):
    pending = Pending(node, RULES)

    async def lost(calls):
        raise UpstreamLost("gone")

    call, node.call = node.call, lost
    with pytest.raises(UpstreamLost):
        await pending.admit([Signed(ADA, 0, 100)])
    node.call = call
    assert await pending.admit([Signed(ADA, 1, 100)]) == [None]


async def test_no_sender_has_more_waiting_than_the_rules_say(node):
    pending = Pending(node, Rules(chain_id=1, most_pending=3))
    wanted = [Signed(ADA, nonce, 1) for nonce in range(5)]
    verdicts = await pending.admit(wanted)
    assert [verdict is None for verdict in verdicts] == [True, True, True, False, False]
    for one in wanted[:3]:
        node.take(one)
        pending.settle(one, taken=True)
    for _ in range(3):
        node.mine(ADA, 100)
    assert await pending.admit([Signed(ADA, 3, 1)]) == [None]


async def test_after_the_chain_went_back_nothing_is_taken_for_granted(node):
    pending = Pending(node, RULES)
    assert await pending.admit([Signed(ADA, 0, 80)]) == [None]
    node.balances[ADA] = 10
    pending.forget()
    (verdict,) = await pending.admit([Signed(ADA, 0, 80)])
    assert verdict is not None


async def test_what_was_on_its_way_when_the_chain_went_back_is_asked_again(node):
    pending = Pending(node, RULES)
    node.meanwhile = lambda: (pending.forget(), setattr(node, "meanwhile", None))
    assert await pending.admit([Signed(ADA, 0, 80)]) == [None]
    assert node.asked == 2


async def test_senders_that_anybody_can_make_up_are_not_kept(node):
    pending = Pending(node, RULES)
    node.balances = node.counts = defaultdict(int)
    await pending.admit([Signed(number.to_bytes(20), 0, 1) for number in range(MOST_SENDERS + 1)])
    node.balances = defaultdict(lambda: 10)
    await pending.admit([Signed(ADA, 0, 10)])
    await pending.admit([Signed(number.to_bytes(20), 0, 1) for number in range(2)])
    (verdict,) = await pending.admit([Signed(ADA, 1, 10)])
    assert verdict is not None
    assert len(pending) == 3


@given(st.permutations(range(3)), st.lists(st.booleans(), min_size=3, max_size=3))
def test_transactions_of_one_nonce_count_once_whatever_becomes_of_them(order, taken):
    async def play():
        node = Node()
        pending = Pending(node, RULES)
        rivals = [Signed(ADA, 0, cost) for cost in (30, 60, 60)]
        assert await pending.admit(rivals) == [None] * 3
        for at in order:
            pending.settle(rivals[at], taken=taken[at])
        highest = max([one.cost for one, has in zip(rivals, taken, strict=True) if has], default=0)
        assert await pending.admit([Signed(ADA, 1, 100 - highest)]) == [None]
        (verdict,) = await pending.admit([Signed(ADA, 2, 1)])
        assert verdict is not None

    run(play())
