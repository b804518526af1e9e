"""The operators' channel is told of a login that no grant accounts for and that cannot be removed."""

from typing import Any

from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import context, section, warning_header
from dbaccess.slack.text import inline, plain


def render(notice: Notice) -> dict[str, Any]:
    cluster, login, code = (plain(str(notice.data[name])) for name in ("cluster", "login", "code"))
    said = f"Problem: login {login} on {cluster} belongs to no grant"
    why = (
        f"No open grant accounts for it, and it could not be removed ({inline(code)}). "
        "Tries go on, one a minute."
    )
    todo = (
        "*Take it as open:* look for its sessions on the cluster, and mend what keeps it; the next try "
        "removes it. Where the control database was not restored lately, ask who made it."
    )
    where = (
        f"What keeps it: `sweep {inline(cluster)}` in the workers' log. "
        "The codes: docs/operating.md, Failures"
    )
    return {
        "text": "\n".join([inline(said), why, todo.replace("*", ""), where.replace("`", "")]),
        "blocks": [warning_header(said), section(f"{why}\n{todo}"), context(where)],
    }
