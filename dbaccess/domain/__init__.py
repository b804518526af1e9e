"""The rules of access: pure, on the standard library alone, with the time as an argument."""
