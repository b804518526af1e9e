"""The page of the demo: the sandbox at its left; statements as the holder, and the ledger, at its right."""
