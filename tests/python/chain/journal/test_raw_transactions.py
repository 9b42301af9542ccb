"""Signed transactions from what a node says of them; replay tests hold the true ones."""

import pytest

from agents.chain.journal.transactions import raw_transaction
from agents.errors import TransportError

TOLD = {
    "hash": "0x35f68d995dcad8ce78d921777a2ea9f80d9496a733d653d4fa291c232fe75295",
    "type": "0x0",
    "nonce": "0x0",
    "gasPrice": "0x1",
    "gas": "0x5208",
    "to": "0x" + "22" * 20,
    "value": "0x0",
    "input": "0x",
    "v": "0xf4f6",
    "r": "0x1",
    "s": "0x1",
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, "is not what its hash says"),
        ({"type": "0x4"}, "no readable transaction"),
        ({"gasPrice": None}, "no readable transaction"),
        ({"to": "0xzz"}, "no readable transaction"),
    ],
)
def test_what_does_not_fit_is_refused(change, why):
    with pytest.raises(TransportError, match=why):
        raw_transaction(TOLD | change)


def test_what_is_missing_is_refused():
    with pytest.raises(TransportError, match="no readable transaction"):
        raw_transaction({"hash": TOLD["hash"]})
    with pytest.raises(TransportError, match="no readable transaction"):
        raw_transaction(None)
