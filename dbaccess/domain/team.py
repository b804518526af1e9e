"""The Slack workspace that a token belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`id` begins with T; `url` has no slash at its end."""

    id: str
    url: str
