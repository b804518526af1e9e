"""The activity of a grant: the statements that ran under it, redacted, summed up and searchable."""
