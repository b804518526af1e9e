"""The steps that most of the stories share."""

import re
from dataclasses import dataclass

import psycopg

from sandbox.client import Message, plain
from tests.acceptance.stack import CHANNEL, Stack, button, wait, wait_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the credentials modal showed."""

    user: str
    password: str


def ask(stack: Stack, text: str = "orders-prod read 10m looking into #4512", who: str = "U0MAYA") -> None:
    """Asked in one line; the snapshot may need a moment after the start."""

    def asked() -> bool:
        result = stack.person(who).command("/dbaccess", text, channel=CHANNEL)
        assert result.error is None, result
        return any("Sent: R-" in plain(message) for message in stack.person(who).ephemerals(CHANNEL))

    wait(asked)


def approval(stack: Stack, *texts: str) -> Message:
    """The approval message, once it shows all the texts."""
    return wait_message(lambda: stack.person("U0PRIYA").messages(CHANNEL), *texts)


def approve(stack: Stack, who: str = "U0PRIYA") -> Message:
    """The waiting request is approved by one tap."""
    message = approval(stack, "Waiting: Maya Lindqvist (maya)")
    label = next(b.text for b in message.buttons() if b.text.startswith("Approve"))
    result = stack.person(who).click(message, text=label, confirmed=True)
    assert result.sent, result
    return message


def active(stack: Stack, who: str = "U0MAYA") -> Message:
    """The holder's message once the target confirmed."""
    return wait_message(lambda: stack.person(who).direct_messages(), "Active: ", "Ends ")


def show_credentials(stack: Stack, message: Message, who: str = "U0MAYA") -> Login:
    person = stack.person(who)
    label = "Show credentials" if button(message, "Show credentials") else "New password"
    assert person.click(message, text=label, confirmed=True).sent
    view = person.wait_view(lambda view: "*Password*" in plain(view))
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
