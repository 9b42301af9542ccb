"""Many agents on one machine: who they are, how they start, and what keeps them going."""
