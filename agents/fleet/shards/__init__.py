"""A fleet in parts, each in a process of its own, on one machine or on all of a Ray cluster."""
