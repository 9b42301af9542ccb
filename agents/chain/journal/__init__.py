"""The journal of a chain: all of its blocks in one file, from which the same chain can be mined again."""
