"""Messages and threads."""

from agents.explorer.api.models.common import Place


class MessageRow(Place):
    """A message of the MessageHub."""

    id: int
    thread: int | None
    """The thread; null for a message that was published to a topic."""
    sender: str
    sender_name: str | None
    recipient: str | None
    """Null for a topic."""
    recipient_name: str | None
    topic: str | None
    """As text if the 32 bytes are text, else 0x hex; null for a letter."""
    task: int | None
    postage: int
    """Paid to the recipient, in units."""
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
    """Whether only the recipient can read it."""


class ThreadRow(Place):
    """A conversation, as lists show it."""

    id: int
    opener: str
    opener_name: str | None
    other: str
    other_name: str | None
    task: int | None
    count: int
    """Messages in it."""
    postage: int
    """All that was paid in it, in units."""
    last_message: int
    """Id of the newest."""
    created_time: int


class Thread(ThreadRow):
    """A conversation."""

    messages: list[MessageRow]
    """Oldest first."""
    next: str | None
    """Cursor for the messages that follow."""
