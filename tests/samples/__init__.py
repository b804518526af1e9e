"""Logs that real servers wrote, and the scripts that made them and the words of their languages."""
