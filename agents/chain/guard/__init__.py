"""The guard: the only door through which agents reach a node.

A development node's port is an administrator's: whoever reaches it sets balances, and one poor wallet can
stop its blocks. The guard lets through what an agent needs and nothing else.
"""
