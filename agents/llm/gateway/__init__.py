"""The gateway: every call of a model goes through it, is charged, and has a receipt."""
