"""The password modal, which can only be closed, because Slack sends every other view's content back."""

from datetime import datetime
from typing import Any

from dbaccess.domain.grant import Grant, GrantState
from dbaccess.slack.blocks import button, confirmation, context, modal, section
from dbaccess.slack.text import code_block, date, escape

SHOW_CREDENTIALS = "credentials.show"
"""Value: the grant's id. Opens the modal with `loading`."""
CREDENTIALS = "credentials"
"""The modal's callback id; nothing is ever submitted under it."""


def show_button(grant: Grant, *, shown_before: bool) -> dict[str, Any]:
    """Return `Show credentials`; after the first time `New password`, with a confirmation."""
    what = f"{grant.role} on {grant.target}"
    if not shown_before:
        return button(
            "Show credentials",
            action_id=SHOW_CREDENTIALS,
            value=str(grant.id),
            style="primary",
            spoken=f"Show credentials for {what}",
        )
    confirm = confirmation(
        title="New password",
        text="The password shown before stops working. Open sessions stay.",
        yes="Make a new one",
        no="Go back",
    )
    return button(
        "New password",
        action_id=SHOW_CREDENTIALS,
        value=str(grant.id),
        confirm=confirm,
        spoken=f"New password for {what}",
    )


def loading(*, login: str | None, target: str) -> dict[str, Any]:
    """Return the first view; `login` is None if the worker has not named it yet."""
    whom = f" for {escape(login)}" if login else ""
    return _view(
        section(f"Making a password{whom} on {escape(target)}."),
        context("If the password does not appear within a minute, close this and click again."),
    )


def shown(
    *, login: str, password: str, expires_at: datetime, replaced_at: datetime | None = None
) -> dict[str, Any]:
    """Return the view with the password; `replaced_at` is when the replaced one was shown."""
    again = (
        ""
        if replaced_at is None
        else (f"A new password. The one from {date(replaced_at)} no longer works; open sessions stay.")
    )
    works = f"Works until {date(expires_at)}. Close this and it cannot be shown again, only replaced."
    return _view(
        *([section(again)] if again else []),
        section(f"*User* {escape(login)}"),
        section(f"*Password*\n{code_block(password)}"),
        context(works),
    )


def failed(*, target: str) -> dict[str, Any]:
    text = f"{escape(target)} did not answer. Either password may work. Close and make a new one."
    return _view(section(text))


def replaced(*, made_at: datetime | None) -> dict[str, Any]:
    """Return the view after a replacement; `made_at` is None while the newer password is on its way."""
    if made_at is None:
        return _view(section("You asked again meanwhile; the newer window shows the password."))
    made = (
        f"A newer password was made {date(made_at)}. The one shown here no longer works; open sessions stay."
    )
    return _view(section(made))


def pressed_twice() -> dict[str, Any]:
    """Return the view of a double click; its other modal may show the newer password, or may be gone."""
    return _view(
        section(
            "This was pressed twice, and only the newest password works. If no other window shows one, close "
            "this and make a new one."
        )
    )


def closed(grant: Grant) -> dict[str, Any]:
    """Return the view of a closed grant, as ended only if the end is verified."""
    if grant.state is GrantState.PROVISIONING:
        return _view(section("This grant is not active yet. A password is made once it is."))
    if grant.state is GrantState.ENDED and grant.ended_at:
        stands = f"This grant ended {date(grant.ended_at)}."
    elif grant.state is GrantState.WRITTEN_OFF and grant.written_off_at:
        stands = f"This grant was written off {date(grant.written_off_at)}, not verified."
    elif grant.state is GrantState.REVOKING and grant.revoking_at:
        stands = f"Revoking since {date(grant.revoking_at)}."
    else:
        stands = "The time of this grant is over."
    return _view(section(f"{stands} No password is made any more."))


def refused(*, text: str) -> dict[str, Any]:
    """Return the view for any other refusal; the text says what to do."""
    return _view(section(escape(text)))


def _view(*blocks: dict[str, Any]) -> dict[str, Any]:
    return modal(title="Credentials", callback_id=CREDENTIALS, blocks=list(blocks))
