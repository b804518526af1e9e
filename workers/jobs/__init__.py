"""What a queue may start: each takes one id, reloads, checks the state, and acts."""
