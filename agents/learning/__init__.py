"""Bidders that learn: what they believe of their rivals, of their own costs, and of what their time is worth."""
