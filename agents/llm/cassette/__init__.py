"""Recorded calls of models: a run that was recorded can be repeated without a model."""
