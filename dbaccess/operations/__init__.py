"""One verb a file: what people and workers do. Each is one transaction, or says which ones."""
