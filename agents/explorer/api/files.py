"""The files of the page, as the web asks for them."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

_ZIPPED = (".html", ".js", ".css", ".svg", ".json", ".txt", ".map", ".webmanifest")
_WORTH_BYTES = 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file of the page, ready to be sent."""

    content: bytes
    zipped: bytes | None
    kind: str
    tag: str


class Files:
    """The files under ``root``, each read once as long as it stays the same."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[tuple[int, int], File]] = {}

    def get(self, path: str) -> File | None:
        """The file at a path of the web, or None; nothing outside the root is ever read."""
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            return None
        place = self._root.joinpath(*parts)
        try:
            if not place.resolve().is_relative_to(self._root.resolve()) or not place.is_file():
                return None
            state = place.stat()
        except OSError:  # A name that is too long, for instance.
            return None
        mark = (state.st_mtime_ns, state.st_size)
        known = self._known.get(path)
        if known is None or known[0] != mark:
            known = self._known[path] = (mark, _read(place))
        return known[1]


def _read(place: Path) -> File:
    content = place.read_bytes()
    worth = place.suffix in _ZIPPED and len(content) >= _WORTH_BYTES
    kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    if kind in ("text/javascript", "application/javascript") or kind.startswith("text/"):
        kind = f"{kind}; charset=utf-8"
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return File(content, gzip.compress(content, 9, mtime=0) if worth else None, kind, tag)
