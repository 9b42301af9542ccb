"""The Merkle tree of a channel's receipts, as UsageMeter reads it, grown one receipt at a time.

    leaf   keccak256(keccak256(digest of the receipt)), so that no node can be shown as a receipt
    node   keccak256 of its two children in sorted order

The first 2^k receipts, with 2^k the largest power of two that is less than all, are its left half, and so on down, as
in RFC 6962: whole subtrees never change. Each receipt keeps the roots of those that it completes, so that a channel
needs only its peaks in memory, and a proof for any receipt under the root of any first n costs O(log n) reads.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from Crypto.Hash import keccak as _keccak

EMPTY = bytes(32)
"""The root of no receipts."""
Node = Callable[[int, int], bytes]
"""``node(end, height)`` is the root of the 2^height receipts of which number ``end``, counted from 1, is the last."""

_new = partial(_keccak.new, digest_bits=256)


def keccak(data: bytes) -> bytes:
    """Keccak-256: the library's own, without what surrounds it elsewhere."""
    digest: bytes = _new(data=data).digest()
    return digest


def leaf_of(digest: bytes) -> bytes:
    """The leaf of a receipt with this digest."""
    return keccak(keccak(digest))


def join(one: bytes, other: bytes) -> bytes:
    """The node above two."""
    return keccak(one + other if one < other else other + one)


class Tree:
    """The tree of the first ``count`` receipts, by the roots of its whole subtrees, the largest first."""

    __slots__ = ("_peaks", "_root", "count")

    def __init__(self, count: int = 0, peaks: tuple[bytes, ...] = ()) -> None:
        self.count, self._peaks = count, list(peaks)
        self._root: bytes | None = None

    @classmethod
    def read(cls, count: int, node: Node) -> "Tree":
        """The tree of the first ``count``, from what was kept of them."""
        return cls(count, tuple(node(end, height) for _, end, height in _mountains(count)))

    def append(self, leaf: bytes) -> bytes:
        """Add a receipt; returns what it completes, 32 bytes each: itself, and the roots of subtrees by height."""
        kept, node, rest = [leaf], leaf, self.count
        while rest & 1:
            node = join(self._peaks.pop(), node)
            kept.append(node)
            rest >>= 1
        self._peaks.append(node)
        self.count += 1
        self._root = None
        return b"".join(kept)

    @property
    def root(self) -> bytes:
        """What stands above all receipts."""
        if self._root is None:
            self._root = _bag(self._peaks)
        return self._root


def path(number: int, count: int, node: Node) -> list[bytes]:
    """The proof that receipt ``number``, counted from 1, is one of the first ``count``."""
    mountains = _mountains(count)
    at = next(index for index, (begin, end, _) in enumerate(mountains) if begin < number <= end)
    siblings = [
        node((((number - 1 >> height) ^ 1) + 1) << height, height) for height in range(mountains[at][2])
    ]
    peaks = [node(end, height) for _, end, height in mountains]
    right = peaks[at + 1 :]
    return siblings + ([_bag(right)] if right else []) + peaks[:at][::-1]


def _mountains(count: int) -> list[tuple[int, int, int]]:
    """The whole subtrees of so many, the largest first: what stands before each, its last receipt, its height."""
    heights = [height for height in range(count.bit_length() - 1, -1, -1) if count >> height & 1]
    ends = [0]
    for height in heights:
        ends.append(ends[-1] + (1 << height))
    return [(begin, end, height) for (begin, end), height in zip(pairwise(ends), heights, strict=True)]


def _bag(peaks: list[bytes]) -> bytes:
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = join(peak, root)
    return root
