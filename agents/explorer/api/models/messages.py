"""Messages and threads."""

from agents.explorer.api.models.common import Model, Place


class MessageRow(Place):
    """A message of the MessageHub."""

    id: int
    thread: int | None
    """The thread; null for a message that was published to a topic."""
    sender: str
    sender_name: str | None
    receiver: str | None
    """Null for a topic."""
    receiver_name: str | None
    topic: str | None
    """As text if the 32 bytes are text, else 0x hex; null for a letter."""
    task: int | None
    postage: int
    """Paid to the receiver, in units."""
    digest: str | None
    """sha-256 of the body, which is off chain or is the payload."""
    size: int
    """Bytes of the payload on chain."""
    payload: str
    """0x hex, cut after 1 kB."""
    text: str | None
    """The body if it is readable: the payload or the document with the digest, as UTF-8, cut after 4 kB."""
    truncated: bool
    encrypted: bool
    """Whether only the receiver can read it."""


class Thread(Model):
    """A conversation."""

    id: int
    participants: list[str]
    task: int | None
    postage: int
    """All that was paid in it, among the messages given, in units."""
    messages: list[MessageRow]
    """Oldest first."""
    next: str | None
    """Cursor for the messages that follow."""
