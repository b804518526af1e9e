"""What the operators' channel is told of logins and roles on a cluster that no grant accounts for."""

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
        "Tries go on, one a minute."
    )
    todo = (
        "*Take it as open:* look for its sessions on the cluster, and fix what keeps it; the next try "
        "removes it. Where the control database was not restored lately, ask who made it."
    )
    where = (
        f"What keeps it: `sweep {inline(cluster)}` in the workers' log. The codes: docs/reference/failures.md"
    )
    return {
        "text": "\n".join([inline(said), why, todo.replace("*", ""), where.replace("`", "")]),
        "blocks": [warning_header(said), section(f"{why}\n{todo}"), context(where)],
    }


def role(notice: Notice) -> dict[str, Any]:
    """Access that came back, with a restored copy of the cluster say."""
    cluster, login, roles, code = _data(notice, "cluster", "login", "roles", "code")
    said = f"{login} on {cluster} held {roles}, which no open grant gives"
    if code:
        why = _failed(cluster, code)
        todo = f"It could not be taken: {why}. *Take it as open.* Tries go on, one a minute."
        return _message(f"Problem: {said}", todo)
    todo = "It is taken, and the sessions that could use it are closed. Was the cluster restored from a copy?"
    return _message(said, todo)


def decoy(notice: Notice) -> dict[str, Any]:
    cluster, login = _data(notice, "cluster", "login")
    said = f"{login} on {cluster} bears the mark of dbaccess, which did not make it"
    return _message(said, "The workers never touch it. Ask who made it, and drop it if nobody needs it.")


def observing(notice: Notice) -> dict[str, Any]:
    cluster, why = _data(notice, "cluster", "why")
    todo = (
        f"{inline(why)} Nothing is granted and nothing is swept, on any cluster; ends go on.\n"
        "Restore the newest copy of the control database. If there is none: "
        f"dbaccess grants adopt --unknown --cluster {inline(cluster)}"
    )
    return _message(f"Observe mode: the control database is older than {cluster}", todo)


def _failed(cluster: str, code: str) -> str:
    """The code too: what to do about it stands in the documentation by the code."""
    words = failure_in_words(code, target=cluster)
    return inline(words if code in words else f"{words} ({code})")


def _data(notice: Notice, *names: str) -> list[str]:
    return [plain(str(notice.data[name])) for name in names]


def _message(said: str, todo: str) -> dict[str, Any]:
    text = "\n".join([inline(said), todo.replace("*", "")])
    return {"text": text, "blocks": [warning_header(said), section(todo)]}
