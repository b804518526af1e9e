"""What the bot listens to: ack, one operation, answer."""
