"""Who may ask the explorer, and how much."""

from dataclasses import dataclass

from agents.market.content import LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may ask, and how much; sizes are in bytes, rates a second and for each address."""

    names: frozenset[str] = frozenset()
    """Under which the explorer is reached, beside localhost and the addresses of the machine."""
    origins: frozenset[str] = frozenset()
    """Pages elsewhere that may read, each as ``https://name``."""
    rate: float = 300.0
    burst: float = 1200.0
    """Requests; what costs much counts as several."""
    most_upload: int = LIMIT
    uploads: float = 0.5
    uploads_burst: float = 20.0
    upload_rate: float = 16 << 10
    upload_burst: float = 8 << 20
    """Bytes that one address stores."""
    all_uploads_rate: float = 128 << 10
    all_uploads_burst: float = 64 << 20
    """Bytes that all addresses store together."""
    patience: float = 20.0
    """Seconds that a request's body may take."""
    streams: int = 1024
    streams_per_address: int = 128
    stream_bytes: int = 8 << 20
    """What is kept for streams that are a little behind."""
    send_seconds: float = 10.0
    """How long the client of a stream may take to make room for more."""
    heartbeat: float = 15.0
    """Seconds between the comments that keep a stream open."""
