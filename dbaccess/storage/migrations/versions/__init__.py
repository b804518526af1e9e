"""One revision a file, never changed once released."""
