"""The hands: they hold the targets' credentials and do what was approved."""
