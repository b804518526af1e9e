"""The use cases, one verb a file. Each runs in one transaction, or its docstring names them."""
