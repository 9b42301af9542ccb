"""A run that owns its clock, its order and its randomness, so that it can be recorded and replayed."""
