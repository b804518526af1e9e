"""The alarm about a channel or user group that Slack calls otherwise than the policy does."""

from typing import Any

from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import section, typed_sections, warning_header
from dbaccess.slack.views import phrases

_IN_FORCE = "The pinned id stays in force until then."


def changed(notice: Notice) -> dict[str, Any]:
    said = "A name in the policy changed in Slack"
    what, fix = str(notice.data["what"]), str(notice.data["fix"])
    blocks = [warning_header(said), *typed_sections(f"{what}\n{fix}"), section(_IN_FORCE)]
    return {"text": phrases.read_out(f"{said}. {_IN_FORCE}", blocks), "blocks": blocks}
