"""Errors of requests to the gateway that reach no model."""

from agents.errors.calls import CallFailed


class RequestRefused(CallFailed):
    """The gateway refuses a request before anything is spent: its key, its body or its conversation is wrong."""
