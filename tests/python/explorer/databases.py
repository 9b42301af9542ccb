"""Tests that hold for both kinds of databases."""

import pytest

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
