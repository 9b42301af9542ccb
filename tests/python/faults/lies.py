"""What a node says that lags behind its peers, and what becomes of logs on the way.

Each takes a call, the reply to it, which it changes in place, and dice.
"""

from random import Random

_TAGGED = {
    "eth_call": 1,
    "eth_estimateGas": 1,
    "eth_getBalance": 1,
    "eth_getCode": 1,
    "eth_getStorageAt": 2,
    "eth_getTransactionCount": 1,
    "eth_getBlockByNumber": 0,
}
"""Where a method has its block."""
_NEWEST = ("latest", "pending", "safe", "finalized")
_OF_A_BLOCK = (
    *("eth_getTransactionReceipt", "eth_getTransactionByHash"),
    *("eth_getBlockByHash", "eth_getBlockByNumber"),
)


class Stale:
    """A node whose newest block is ``head``; what it is sent reaches the others all the same."""

    def __init__(self, head: int) -> None:
        self.head = head

    def ask(self, call: dict) -> dict:
        """The call to the true node whose answer is the stale one's: ``latest`` is an older block here."""
        at = _TAGGED.get(call["method"])
        if at is None or len(call["params"]) <= at or call["params"][at] not in _NEWEST:
            return call
        params = list(call["params"])
        params[at] = hex(self.head)
        return call | {"params": params}

    def tell(self, call: dict, reply: dict, _dice: Random) -> None:
        """Make the true node's reply the stale one's."""
        method, result = call["method"], reply["result"]
        if method == "eth_blockNumber":
            reply["result"] = hex(self.head)
        elif method == "eth_getLogs":
            reply["result"] = [log for log in result if int(log["blockNumber"], 16) <= self.head]
        elif method in _OF_A_BLOCK:
            number = result and (result.get("blockNumber") or result.get("number"))
            if number is not None and int(number, 16) > self.head:
                reply["result"] = None
        elif self._is_ahead(call):
            del reply["result"]
            reply["error"] = {"code": -32000, "message": "header not found"}

    def _is_ahead(self, call: dict) -> bool:
        at = _TAGGED.get(call["method"])
        tag = call["params"][at] if at is not None and len(call["params"]) > at else "latest"
        return isinstance(tag, str) and tag.startswith("0x") and int(tag, 16) > self.head


def cut(call: dict, reply: dict, dice: Random) -> None:
    """Some logs are missing: the last ones, those of one block, or one of them."""
    logs = reply["result"]
    if call["method"] != "eth_getLogs" or not logs:
        return
    kind = dice.randrange(3)
    if kind == 0:
        reply["result"] = logs[: dice.randrange(len(logs))]
    elif kind == 1:
        gone = dice.choice(logs)["blockNumber"]
        reply["result"] = [log for log in logs if log["blockNumber"] != gone]
    else:
        del logs[dice.randrange(len(logs))]


def repeat(call: dict, reply: dict, dice: Random) -> None:
    """Some logs come twice."""
    logs = reply["result"]
    if call["method"] == "eth_getLogs" and logs:
        at = dice.randrange(len(logs))
        reply["result"] = logs[: at + 1] + logs[dice.randrange(at + 1) :]


def foreign(call: dict, reply: dict, dice: Random) -> None:
    """Some logs say that they are of another block of the same number."""
    logs = reply["result"]
    if call["method"] == "eth_getLogs" and logs:
        number = dice.choice(logs)["blockNumber"]
        other = f"0x{dice.getrandbits(256):064x}"
        for log in logs:
            if log["blockNumber"] == number:
                log["blockHash"] = other
