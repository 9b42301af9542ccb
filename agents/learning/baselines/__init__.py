"""What a learned bidder must beat: simple policies, and the learners that people build first."""
