"""Checkpoints: the ledger's head, signed while it grows."""
