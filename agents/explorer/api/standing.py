"""How far the index is, as those who answer know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the index is, and whether the node answers. Whoever asks for it gets it from memory, at once."""

    block: int | None = None
    """The newest block of the index; None while there is none."""
    epoch: int = 0
    """How many reorgs there were."""
    chain_head: int | None = None
    """The newest block that the node told of."""
    node_up: bool = False
    node_since: int = 0
    """Unix seconds since when the node has, or has not, answered."""
    trouble: str | None = None
    """What is wrong now, as a person reads it."""

    @property
    def behind(self) -> int | None:
        """Blocks of the chain that the index does not have; None where that is not known."""
        if self.chain_head is None:
            return None
        return max(0, self.chain_head - (-1 if self.block is None else self.block))
