"""The tree of receipts: what grows one by one is what a whole build gives, and the contract accepts its proofs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.chain.reader import read_many
from agents.llm.gateway.tree import EMPTY, Tree, join, keccak, leaf_of, path


def digest(number):
    return keccak(number.to_bytes(32, "big"))


def naive(leaves):
    """The root, as RFC 6962 splits them."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while 2 * half < len(leaves):
        half *= 2
    return join(naive(leaves[:half]), naive(leaves[half:]))


def grown(count):
    """A tree of so many, and what its receipts kept."""
    tree, kept = Tree(), {}
    for number in range(1, count + 1):
        nodes = tree.append(leaf_of(digest(number)))
        for height in range(len(nodes) // 32):
            kept[number, height] = nodes[32 * height : 32 * height + 32]
    return tree, lambda end, height: kept[end, height]


def follow(proof, leaf):
    for other in proof:
        leaf = join(leaf, other)
    return leaf


def test_no_receipts_have_no_root():
    assert Tree().root == EMPTY
    assert Tree.read(0, grown(0)[1]).root == EMPTY


@given(st.integers(1, 300), st.data())
def test_any_receipt_is_proven_under_the_root_of_any_first_ones(total, data):
    _, node = grown(total)
    count = data.draw(st.integers(1, total))
    number = data.draw(st.integers(1, count))
    leaves = [leaf_of(digest(one)) for one in range(1, count + 1)]
    first = Tree.read(count, node)
    assert (first.count, first.root) == (count, naive(leaves))
    proof = path(number, count, node)
    assert follow(proof, leaves[number - 1]) == first.root
    assert len(proof) <= count.bit_length()


@given(st.integers(0, 200), st.integers(1, 50))
def test_a_tree_that_was_read_grows_as_one_that_was_not(count, more):
    whole, node = grown(count + more)
    tree = Tree.read(count, node)
    for number in range(count + 1, count + more + 1):
        nodes = tree.append(leaf_of(digest(number)))
        assert nodes[-32:] == node(number, len(nodes) // 32 - 1)
    assert tree.root == whole.root


def test_what_is_kept_is_little():
    tree, kept = Tree(), 0
    for number in range(1, 1025):
        kept += len(tree.append(leaf_of(digest(number))))
    assert kept == 32 * (2 * 1024 - 1), "two nodes a receipt"
    assert len(tree._peaks) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1000])
async def test_the_contract_accepts_each_receipt_and_no_other(rpc, deployment, count):
    tree, node = grown(count)
    numbers = range(1, count + 1) if count <= 33 else (1, 2, count // 2, count - 1, count)
    verify = deployment.meter.verify_receipt
    proofs = {number: path(number, count, node) for number in numbers}
    right = [verify(tree.root, digest(number), proof) for number, proof in proofs.items()]
    assert all(await read_many(rpc, right))
    wrong = [verify(tree.root, digest(number + 1), proof) for number, proof in proofs.items()]
    wrong += [verify(tree.root, leaf_of(digest(number)), proof) for number, proof in proofs.items()]
    wrong += [verify(EMPTY, digest(number), proof) for number, proof in proofs.items()]
    assert not any(await read_many(rpc, wrong))
