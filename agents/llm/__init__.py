"""Language models: one protocol, a hosted, an embedded and a scripted model behind it, and what they cost."""
