"""The first tables, as they were made: in each module those of one theme."""
