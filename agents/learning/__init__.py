"""Bidders that learn: theory, environments, beliefs, networks, and what they are measured with."""
