"""The moment at which a process kills itself, with SIGKILL: nothing is closed, nothing is said.

signing  a transaction is about to be signed
unsent   signed bytes are about to be sent: they are stored
sent     they have been sent: nobody here has seen the answer
receipt  a receipt has come: nobody has noted it
writing  a transaction of the store has written all, and is not committed
commit   it is being committed
kept     it is committed: nobody here knows
logs     logs have come: nothing of them is stored

and of a gateway:

reserved  a call was admitted: nobody has answered it
replied   it was answered: nothing is charged
settled   it is charged: nobody has seen the answer
signed    an agent has signed for it by itself: the gateway has not taken it
"""

import json
import os
import signal
import sqlite3
import threading
import time
from functools import partial
from random import Random

import httpx

from agents.chain.wallet import Wallet

MOMENTS = ("signing", "unsent", "sent", "receipt", "writing", "commit", "kept", "logs")
THINKING = (
    "reserved",
    "replied",
    "settled",
    "signed",
    "writing",
    "commit",
    "kept",
    "unsent",
    "sent",
    "receipt",
)
LONGEST_COMMIT = 0.003
"""Seconds after the beginning of a commit until which it may end."""


class Doom:
    """Death comes at the n-th time of a moment, or never."""

    def __init__(self, moment: str, left: int) -> None:
        self.moment, self.left = moment, left

    def reach(self, moment: str) -> None:
        """The process is at this moment."""
        if moment == self.moment:
            self.left -= 1
            if self.left <= 0:
                die()

    def strikes(self, moment: str) -> bool:
        """Whether death comes soon after this moment."""
        if moment != self.moment:
            return False
        self.left -= 1
        return self.left == 0

    def wait_in_stores(self) -> None:
        """Wait wherever something is written."""
        Mortal.doom = self
        sqlite3.connect = partial(sqlite3.connect, factory=Mortal)

    def wait_at_pens(self) -> None:
        """Wait wherever something is signed."""
        sign = Wallet.sign_transaction

        def signed(wallet, *arguments):
            self.reach("signing")
            return sign(wallet, *arguments)

        Wallet.sign_transaction = signed


def die() -> None:
    """The end."""
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(sqlite3.Connection):
    """A connection whose commits may be the last thing that happens."""

    doom = Doom("never", 0)

    def commit(self) -> None:
        """As a connection's."""
        self._commit(super().commit)

    def execute(self, sql, *parameters):
        """As a connection's."""
        if sql == "COMMIT":
            return self._commit(partial(super().execute, sql))
        return super().execute(sql, *parameters)

    def _commit(self, commit):
        self.doom.reach("writing")
        if self.doom.strikes("commit"):
            delay = Random(os.getpid()).uniform(0, LONGEST_COMMIT)
            threading.Thread(target=lambda: (time.sleep(delay), die()), daemon=True).start()
        result = commit()
        self.doom.reach("kept")
        return result


class DeadlyTransport(httpx.AsyncBaseTransport):
    """The way to the node, on which death waits."""

    def __init__(self, doom: Doom) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=8, keepalive_expiry=2))
        self._doom = doom

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks."""
        asked = json.loads(request.content)
        methods = {one["method"] for one in (asked if isinstance(asked, list) else [asked])}
        if "eth_sendRawTransaction" in methods:
            self._doom.reach("unsent")
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        if "eth_sendRawTransaction" in methods:
            self._doom.reach("sent")
        if "eth_getTransactionReceipt" in methods and b'"gasUsed"' in content:
            self._doom.reach("receipt")
        if "eth_getLogs" in methods and b'"topics"' in content:
            self._doom.reach("logs")
        return httpx.Response(response.status_code, content=content)

    async def aclose(self) -> None:
        """As httpx asks."""
        await self._inner.aclose()
