"""Where a break-glass is announced when Slack does not take it."""
