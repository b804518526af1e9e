"""Which app and workspace a token belongs to."""

from dataclasses import dataclass

from slack_sdk import WebClient

from dbaccess.slack.client import call


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`url` has no slash at its end."""

    team_id: str
    url: str


def who_am_i(client: WebClient) -> Identity:
    """Asks Slack; raises `SlackFailure`."""
    answer = call("auth.test", client.auth_test)
    return Identity(team_id=str(answer["team_id"]), url=str(answer["url"]).rstrip("/"))
