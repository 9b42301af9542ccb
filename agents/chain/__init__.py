"""The chain as typed Python: JSON-RPC, bindings, wallets, a durable sender and a durable reader of events."""
