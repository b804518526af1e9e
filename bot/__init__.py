"""The Slack face: it acks, asks the operations, and answers. It holds no target's credentials."""
