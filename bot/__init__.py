"""The bot, which faces Slack: it acknowledges, calls the use cases, and answers.

It holds no target's credentials.
"""
