"""The listeners of the bot: acknowledge, call one use case, answer."""
