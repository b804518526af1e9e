"""Witnesses: places outside the control database that keep checkpoints of the ledger, one file a kind."""
