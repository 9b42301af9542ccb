"""A network that fails and lies, by a seed: what stands between a client and its node in the tests of reliability.

    engine     decides which request meets which fault, and lets it happen; knows nothing of HTTP
    lies       what a node says that lags behind, or that loses, repeats or mistakes logs
    transport  the engine as the transport of an ``Rpc``, in the process
    proxy      the engine as an HTTP server; ``python tests/python/faults/proxy.py --help``
    forks      blocks that leave the chain

A fault hangs on the seed, on the methods that are asked, and on how often these were asked before, and on nothing
else: neither the time nor what else is asked. So the same seed does the same again, as far as the client does.
"""
