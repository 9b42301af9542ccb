"""A gateway is killed at every moment of a call: nobody is charged twice, and only what was in flight is unpaid."""

from collections import Counter, defaultdict

from agents.chain.bindings.usage_meter import Redeemed
from agents.chain.store import Store
from agents.lab.audit import audit_chain
from agents.llm.gateway.books import Books
from agents.llm.gateway.tree import Tree, leaf_of
from agents.market.domain import account_of
from kills import thinking
from kills.doom import THINKING
from kills.raising import KILLS, Upbringing

GATEWAY_KILLS = KILLS * 3 // 10
CAPITAL = DEPOSIT = 10**7
FEW = 25
"""How often a moment comes before death does, at most: of calls there are many."""


async def prepared(world, wallets):
    """Two agents whose key the gateway has, and one that signs by itself: by agent, its wallet's index and that."""
    provider, thinkers = wallets[thinking.PROVIDER].address, {}
    for index, own in ((5, False), (6, False), (7, True)):
        agent_id = await world.register(f"thinker {index}", wallets[2], CAPITAL)
        signer = thinking.Seed(thinking.TEST_PHRASE).wallet(index).address
        await world.market.open_channel(
            wallets[2], agent_id, signer, provider, DEPOSIT, intent=f"open:{index}"
        )
        thinkers[agent_id] = (index, own)
    await world.catch_up()
    return thinkers


async def test_a_gateway_that_is_killed_charges_each_call_once(world, wallets, node, tmp_path):
    thinkers = await prepared(world, wallets)
    before = await world.market.balance(account_of(wallets[thinking.PROVIDER].address))
    job = {"provider": node.url, "addresses": str(node.addresses), "thinkers": thinkers}
    gateway = Upbringing("gateway", job, tmp_path, GATEWAY_KILLS, THINKING, few=FEW)
    await gateway.go_through()
    print(dict(gateway.died))
    assert gateway.died.total() == GATEWAY_KILLS
    assert set(+gateway.died) == set(THINKING), "some moment has never come"
    await world.catch_up()
    store = Store.open(gateway.store)
    try:
        total = compared(Books(store), said(gateway.store.with_suffix(".said")), thinkers)
        await redeemed(world, Books(store))
    finally:
        store.close()
    after = await world.market.balance(account_of(wallets[thinking.PROVIDER].address))
    assert after.free - before.free == total, "the provider has each unit once"
    assert (await audit_chain(world.rpc, world.deployment)).differences == []


def said(path):
    """What was asked and what was answered, by label: the agent and the tokens."""
    asked, answered = {}, {}
    for line in path.read_text().splitlines():
        label, agent_id, tokens, what = line.split()
        (asked if what == "asked" else answered)[label] = (int(agent_id), int(tokens))
    return asked, answered


def compared(books, told, thinkers):
    """Receipts against what was said; what all of them come to."""
    asked, answered = told
    receipts = [one for _, one in books.receipts(limit=10**6)]
    by_request = {one.request: one for one in receipts}
    assert len(by_request) == len(receipts), "a call was charged twice"
    labels = {thinking.digest(label): label for label in asked}
    for one in receipts:
        agent_id, tokens = asked[labels[one.request]]
        assert (one.agent_id, one.cost) == (agent_id, tokens)
    assert all(thinking.digest(label) in by_request for label in answered), "an answer was given for nothing"
    unpaid = Counter(
        (label.split("-")[0], agent_id)
        for label, (agent_id, _) in asked.items()
        if thinking.digest(label) not in by_request
    )
    for (_, agent_id), count in unpaid.items():
        assert count <= (1 if thinkers[agent_id][1] else thinking.AT_ONCE), (
            "more is unpaid than was in flight"
        )
    assert len(answered) > 10 * GATEWAY_KILLS, "little has happened"
    return sum(one.cost for one in receipts)


async def redeemed(world, books):
    """Each channel's sum, receipts and voucher are what the chain has redeemed."""
    receipts = defaultdict(list)
    for _, one in books.receipts(limit=10**6):
        receipts[one.channel_id].append(one)
    vouchers = {one.channel_id: one for one in books.vouchers()}
    newest = {one.channel_id: one for one in await world.events(Redeemed)}
    assert set(receipts) == set(vouchers) == set(newest)
    for channel_id, mine in receipts.items():
        tree = Tree()
        for one in mine:
            tree.append(leaf_of(one.digest))
        assert [one.number for one in mine] == list(range(1, len(mine) + 1))
        known = books.standing(channel_id)
        assert (known[0], known[1].root) == (sum(one.cost for one in mine), tree.root)
        for held in (vouchers[channel_id], newest[channel_id]):
            assert (held.cumulative, held.receipts_root) == (known[0], tree.root)
