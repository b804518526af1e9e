"""Streams: receivers of the ledger's entries, in order and at least once."""
