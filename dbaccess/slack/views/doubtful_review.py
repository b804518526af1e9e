"""The alarm to the operators about a break-glass review that may be forged."""

from typing import Any, Final

from dbaccess.domain.break_glass_review import ReviewDoubt
from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import context, section, warning_header
from dbaccess.slack.text import inline, plain

_TODO: Final = (
    "Ask the person named and the group whether they reviewed it. If not, a bot or its database login is in "
    "other hands."
)


def render(notice: Notice) -> dict[str, Any]:
    """Return the alarm; names ping no one, because they may be made up."""
    request, target, reviewer, account, group = (
        plain(str(notice.data[name]))[:80] for name in ("request", "target", "reviewer", "account", "group")
    )
    reasons = {
        ReviewDoubt.OTHER_PERSON: f"the account {account} is not that of {reviewer}",
        ReviewDoubt.HOLDER: "the reviewer is the holder",
        ReviewDoubt.NOT_IN_GROUP: f"{account} is not known in {group}",
    }
    why = "; ".join(words for doubt, words in reasons.items() if doubt in notice.data["doubts"])
    lock = f"Problem: the break-glass review of {request} may be forged"
    text = inline(f"{target}: reviewed in the name of {reviewer}. The worker cannot confirm it: {why}.")
    look = "Look: dbaccess break-glass list"
    return {
        "text": "\n".join([inline(lock), text, _TODO, look]),
        "blocks": [warning_header(lock), section(f"{text}\n{_TODO}"), context(look)],
    }
