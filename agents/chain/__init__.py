"""The chain as typed Python: JSON-RPC, bindings, wallets, a durable sender and a durable reader of events."""

import importlib
import sys

# A library of eth_account lifts the limit on recursion so far that text with many brackets ends the process.
_limit = sys.getrecursionlimit()
importlib.import_module("eth_account")
sys.setrecursionlimit(_limit)
