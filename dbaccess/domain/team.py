"""Slack's workspace, as its token names it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`id` begins with T; `url` has no slash at its end."""

    id: str
    url: str
