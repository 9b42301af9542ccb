"""What contracts answer to their view functions, asked and read by their ABI files.

Nothing of the package takes part in it.
"""

import httpx
from eth_abi import decode, encode
from raw_logs import abi_of, hashed, type_of


class Views:
    """The contracts of a node at ``url``, at these addresses by name."""

    def __init__(self, url, contracts):
        self._contracts = contracts
        self._client = httpx.Client(base_url=url, timeout=60)

    def close(self):
        self._client.close()

    def ask(self, *questions):
        """An answer to each question (contract, function, arguments …): structs, and several values, by their names."""
        functions = [_function(contract, name) for contract, name, *_ in questions]
        asked = [
            {
                "jsonrpc": "2.0",
                "id": at,
                "method": "eth_call",
                "params": [self._call(one, function), "latest"],
            }
            for at, (one, function) in enumerate(zip(questions, functions, strict=True))
        ]
        replies = {one["id"]: one for one in self._client.post("/", json=asked).json()}
        assert all("result" in one for one in replies.values()), replies
        return [_read(function, replies[at]["result"]) for at, function in enumerate(functions)]

    def _call(self, question, function):
        contract, _, *arguments = question
        data = hashed(function)[:4] + encode(list(map(type_of, function["inputs"])), arguments)
        return {"to": self._contracts[contract], "data": f"0x{data.hex()}"}


def _function(contract, name):
    [found] = [one for one in abi_of(contract) if one["type"] == "function" and one["name"] == name]
    return found


def _read(function, answer):
    outputs = function["outputs"]
    values = decode(list(map(type_of, outputs)), bytes.fromhex(answer[2:]))
    named = _named({"type": "tuple", "components": outputs}, values)
    return named if len(outputs) > 1 else next(iter(named.values()))


def _named(kind, value):
    if kind["type"] == "tuple":
        parts = zip(kind["components"], value, strict=True)
        return {part["name"]: _named(part, one) for part, one in parts}
    if kind["type"] == "tuple[]":
        return [_named({**kind, "type": "tuple"}, one) for one in value]
    return value
