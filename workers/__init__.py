"""The workers: they hold the targets' credentials and carry out what was approved."""
