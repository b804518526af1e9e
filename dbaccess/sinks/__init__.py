"""Second sinks: where a break-glass is announced when Slack fails."""
