"""How an agent thinks and what it may do."""
