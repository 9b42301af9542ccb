"""The ids that UsageMeter gives to channels."""

from agents.llm.gateway.tree import keccak


def channel_id_of(agent_id, signer, provider, epoch):
    """The id of the channel of these three in this epoch."""
    words = (number.to_bytes(32, "big") for number in (agent_id, int(signer, 16), int(provider, 16)))
    return keccak(keccak(b"".join(words)) + epoch.to_bytes(32, "big"))
