"""Reading a run: what happened, and whether it adds up."""
