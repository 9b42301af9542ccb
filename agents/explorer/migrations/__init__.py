"""The tables of the index, from one version to the next."""
