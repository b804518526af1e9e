"""Evidence that others can check: signatures over the ledger."""
