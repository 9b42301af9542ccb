"""Agora: agents that earn credits on chain."""
