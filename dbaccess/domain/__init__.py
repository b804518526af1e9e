"""What access means. Pure: stdlib only, and the time is an argument."""
