"""One module a version, each with the steps from the one before."""
