"""PostgreSQL and Valkey from their wheels, under a supervisor of our own."""
