"""The steps that most of the stories share."""

import re
from dataclasses import dataclass

import psycopg

from dbaccess.slack.views.credentials import CREDENTIALS, SHOW_CREDENTIALS
from dbaccess.slack.views.request_message import APPROVE
from sandbox.client import Message, plain
from tests.acceptance import records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The content of the credentials modal."""

    user: str
    password: str


def approval(stack: Stack, *texts: str) -> Message:
    """The approval message, once it shows all the texts."""
    return wait_message(lambda: stack.person("U0PRIYA").messages(CHANNEL), *texts)


def approve(stack: Stack, who: str = "U0PRIYA") -> Message:
    """The waiting request is approved by one tap."""
    message = talk.waiting(stack, records.last_request(stack))
    talk.press(stack, message, APPROVE, who)
    return message


def show_credentials(stack: Stack, message: Message, who: str = "U0MAYA") -> Login:
    talk.press(stack, message, SHOW_CREDENTIALS, who)
    view = stack.person(who).wait_view(
        lambda view: view.callback_id == CREDENTIALS and "*Password*" in plain(view)
    )
    text = plain(view)
    user = re.search(r"\*User\* (\S+)", text)
    password = re.search(r"```\s*(\S+?)\s*```", text)
    assert user is not None, text
    assert password is not None, text
    return Login(user=user[1], password=password[1])


def connect(stack: Stack, login: Login, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    parts = psycopg.conninfo.conninfo_to_dict(stack.cluster_url)
    return psycopg.connect(
        host=str(parts["host"]),
        port=str(parts["port"]),
        dbname=database,
        user=login.user,
        password=login.password,
        autocommit=True,
        connect_timeout=5,
    )


def ended(stack: Stack, who: str = "U0MAYA") -> Message:
    return wait_message(lambda: stack.person(who).direct_messages(), "Ended: ", "Receipt")
