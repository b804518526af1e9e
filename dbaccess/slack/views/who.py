"""The holders on one target now: names and ends, without buttons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dbaccess.domain.coverage import NOT_CHECKED, Coverage
from dbaccess.domain.grant import GrantState
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.overview import Holding
from dbaccess.domain.standing_access import NOT_READ, StandingNow
from dbaccess.domain.truncated_list import left_out
from dbaccess.domain.use_in_words import now_in_use
from dbaccess.slack.blocks import context, section
from dbaccess.slack.text import date, escape, refusal
from dbaccess.slack.views import activity, phrases, rows


def build(
    target: str,
    holdings: Sequence[Holding],
    lockdown: Lockdown | None = None,
    *,
    now: datetime,
    coverage: Coverage = NOT_CHECKED,
    standing: StandingNow = NOT_READ,
) -> dict[str, Any]:
    """At most `SHOWN` of them, oldest first; how many more there are is said, and whether none is given.

    `coverage` and `standing` are those of the target at `now`.
    """
    stopped = [section(refusal(lockdown.refusal(target)))] if lockdown else []
    stands = context(_standing(standing))
    captured = context(activity.coverage_sentence(coverage, now=now))
    if not holdings:
        none_held = f"No grant is open on {escape(target)} now."
        blocks = [section(none_held), *stopped, stands, captured]
        return {"text": phrases.read_out(none_held, blocks), "blocks": blocks}
    title = section(f"*{escape(target)} now*")
    blocks = [title, *stopped, *[section(_row(one, now)) for one in holdings[:SHOWN]]]
    total = len(holdings) + left_out(holdings)
    if hidden := total - SHOWN:
        blocks += [section(f"{hidden} more: dbaccess grants list")] if hidden > 0 else []
    blocks += [stands, captured]
    return {"text": phrases.read_out(f"{target} now: {total}", blocks), "blocks": blocks}


def _standing(standing: StandingNow) -> str:
    if standing.logins is None:
        read = f", last read {date(standing.read_at)}" if standing.read_at else ""
        return f"Standing access not known{read}."
    found = phrases.counted(standing.logins, "login") if standing.logins else "none"
    strong = phrases.counted(standing.superusers, "superuser")
    among = f", {strong} among them" if standing.superusers else ""
    read = f" (read {date(standing.read_at)})" if standing.read_at else ""
    return f"Standing access, no grant: {found}{among}{read}."


def _row(one: Holding, now: datetime) -> str:
    said = f"{rows.name(one.holder_name)}, {escape(one.grant.role)}, {rows.until(one.grant)}"
    reviewers = " and ".join(rows.name(reviewer) for reviewer in one.approved_by[:5])
    said += f", approved by {reviewers}" if reviewers else ", no approval asked"
    if one.grant.state is not GrantState.ACTIVE:
        return said
    return f"{said}\n{now_in_use(one.use, one.grant, now=now)}"
