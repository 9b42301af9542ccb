"""How well bidders bid, measured in simulated markets and held against theory: ``agora lab bidding``."""
