"""Notices to the operators about logins and roles on a cluster without a grant."""

from typing import Any

from dbaccess.domain.failures import failure_in_words
from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import context, section, warning_header
from dbaccess.slack.text import inline, plain


def render(notice: Notice) -> dict[str, Any]:
    cluster, login, code = (plain(str(notice.data[name])) for name in ("cluster", "login", "code"))
    said = f"Problem: login {login} on {cluster} belongs to no grant"
    why = (
        f"No open grant accounts for it, and it could not be removed: {_failed(cluster, code)}. "
        "Retrying once a minute."
    )
    todo = (
        "*Assume it is open:* look for its sessions on the cluster, and fix the cause; the next attempt "
        "removes it. If the control database was not restored lately, ask who made it."
    )
    where = f"The cause: `sweep {inline(cluster)}` in the workers' log. The codes: docs/reference/failures.md"
    return {
        "text": "\n".join([inline(said), why, todo.replace("*", ""), where.replace("`", "")]),
        "blocks": [warning_header(said), section(f"{why}\n{todo}"), context(where)],
    }


def role(notice: Notice) -> dict[str, Any]:
    """Return a notice about access that came back, for example with a restored copy of the cluster."""
    cluster, login, roles, code = _data(notice, "cluster", "login", "roles", "code")
    said = f"{login} on {cluster} held {roles}, which no open grant gives"
    if code:
        why = _failed(cluster, code)
        todo = f"It could not be revoked: {why}. *Assume it is open.* Retrying once a minute."
        return _message(f"Problem: {said}", todo)
    todo = "It is revoked, and sessions that could use it are closed. Was the cluster restored from a copy?"
    return _message(said, todo)


def decoy(notice: Notice) -> dict[str, Any]:
    cluster, login = _data(notice, "cluster", "login")
    said = f"{login} on {cluster} has the mark of dbaccess, which did not create it"
    return _message(said, "The workers never touch it. Ask who made it, and drop it if it is not needed.")


def observing(notice: Notice) -> dict[str, Any]:
    cluster, why = _data(notice, "cluster", "why")
    todo = (
        f"{inline(why)} Nothing is granted and nothing is swept, on any cluster; ends go on.\n"
        "Restore the newest copy of the control database. If there is none: "
        f"dbaccess grants adopt --unknown --cluster {inline(cluster)}"
    )
    return _message(f"Observe mode: the control database is older than {cluster}", todo)


def _failed(cluster: str, code: str) -> str:
    """Return the failure with its code, by which the documentation says what to do."""
    words = failure_in_words(code, target=cluster)
    return inline(words if code in words else f"{words} ({code})")


def _data(notice: Notice, *names: str) -> list[str]:
    return [plain(str(notice.data[name])) for name in names]


def _message(said: str, todo: str) -> dict[str, Any]:
    text = "\n".join([inline(said), todo.replace("*", "")])
    return {"text": text, "blocks": [warning_header(said), section(todo)]}
