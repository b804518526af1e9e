"""Evidence that others can check: signed checkpoints, bundles of the ledger, and the report of a period."""
