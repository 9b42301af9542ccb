"""One secret in one encrypted file: scrypt makes a key of the password, AES-256-GCM seals with it."""

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

from Crypto.Cipher import AES

from agents.errors import WrongPassword

COST, BLOCK = 2**15, 8
"""scrypt's n and r: 32 MiB and about 0.1 s for each guess at the password."""
MOST_COST = 2**20
ROOM = 256
"""The secret is filled up to this many bytes, so that the file's length says nothing about it."""


class Vault:
    """The encrypted file, and the file with a made-up password for users who set none."""

    def __init__(self, path: Path, password_path: Path) -> None:
        self._path, self._password_path = path, password_path

    def save(self, secret: bytes, password: str | None) -> None:
        """The file holds the secret, for its owner only. Assumes at most ROOM bytes, the last not zero."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if password is None:
            password = self._made_up_password() or secrets.token_urlsafe(32)
            _write(self._password_path, password.encode())
        salt = secrets.token_bytes(16)
        cipher = AES.new(_key(password, salt, COST), AES.MODE_GCM)
        encrypted, tag = cipher.encrypt_and_digest(secret.ljust(ROOM, b"\0"))
        fields = {"salt": salt, "nonce": cipher.nonce, "tag": tag, "encrypted": encrypted}
        kept = {name: base64.b64encode(value).decode() for name, value in fields.items()}
        _write(self._path, json.dumps({"version": 1, "kdf": "scrypt", "n": COST, **kept}, indent=1).encode())

    def load(self, password: str | None) -> bytes | None:
        """The secret, or None when there is no file. Raises WrongPassword, also for a damaged file."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise WrongPassword(self._path) from None
        if password is None:
            password = self._made_up_password()
        try:
            if password is None or not 1 < kept["n"] <= MOST_COST:
                raise WrongPassword(self._path)
            fields = {name: base64.b64decode(kept[name]) for name in ("salt", "nonce", "tag", "encrypted")}
            cipher = AES.new(_key(password, fields["salt"], kept["n"]), AES.MODE_GCM, nonce=fields["nonce"])
            return cipher.decrypt_and_verify(fields["encrypted"], fields["tag"]).rstrip(b"\0")
        except (KeyError, TypeError, ValueError):
            raise WrongPassword(self._path) from None

    def _made_up_password(self) -> str | None:
        try:
            return self._password_path.read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None


def _key(password: str, salt: bytes, cost: int) -> bytes:
    memory = 2 * 128 * cost * BLOCK
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=BLOCK, p=1, maxmem=memory, dklen=32)


def _write(path: Path, content: bytes) -> None:
    """The file holds the content, mode 0600; a crash leaves the old file or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
