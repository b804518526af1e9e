"""The jobs of the queue: each takes one id, reloads, checks the state, and acts."""
