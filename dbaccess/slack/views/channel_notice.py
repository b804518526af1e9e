"""Notices in a channel that belong to no grant. They ping no one."""

from collections.abc import Iterable
from typing import Any

from dbaccess.domain.notice import Notice, NoticeKind
from dbaccess.slack.blocks import context, section, typed_sections, warning_header
from dbaccess.slack.text import cut, inline, plain
from dbaccess.slack.views import (
    access_review,
    digest,
    doubtful_review,
    ledger,
    orphaned_logins,
    phrases,
    pinned_names,
)

_RENDERS = {
    NoticeKind.DOUBTFUL_REVIEW: doubtful_review.render,
    NoticeKind.STRAY_LEFT: orphaned_logins.render,
    NoticeKind.ORPHANED_ROLE: orphaned_logins.role,
    NoticeKind.DECOY: orphaned_logins.decoy,
    NoticeKind.OBSERVING: orphaned_logins.observing,
    NoticeKind.NAME_CHANGED: pinned_names.changed,
    NoticeKind.CHECKPOINT_LATE: ledger.checkpoint_late,
    NoticeKind.WITNESS_FAILS: ledger.witness_fails,
    NoticeKind.ACCESS_REVIEW_ASKED: access_review.asked,
    NoticeKind.ACCESS_REVIEW_DUE: access_review.due,
    NoticeKind.ACCESS_REVIEW_CLOSED: access_review.closed,
}
_WHY_LONGEST = 9000
_NAMES = 20


def render(notice: Notice) -> dict[str, Any]:
    if notice.kind in _RENDERS:
        return _RENDERS[notice.kind](notice)
    if notice.kind is NoticeKind.CLOCK_SKEW:
        return _clock_skew(notice)
    if notice.kind in {NoticeKind.ENDED, NoticeKind.MANY_ENDED_LATE}:
        return digest.ended(notice)
    if notice.kind is NoticeKind.POLICY_REFUSED:
        return _policy_refused(notice)
    return _group_changed(notice)


def _policy_refused(notice: Notice) -> dict[str, Any]:
    said = f"Configuration refused on {plain(str(notice.data['host']))}"
    why = cut(str(notice.data["why"]), _WHY_LONGEST)
    blocks = [
        warning_header(said),
        section("The previous policy stays in force. Fix the file, then send SIGHUP again."),
        *typed_sections(why),
        context(f"Policy {inline(str(notice.data['hash'])[:64])}"),
    ]
    lock = f"{said}. The previous policy stays in force."
    return {"text": phrases.read_out(lock, blocks), "blocks": blocks}


def _clock_skew(notice: Notice) -> dict[str, Any]:
    seconds = float(notice.data["seconds"])
    way, place = "ahead" if seconds > 0 else "behind", plain(str(notice.data["place"]))
    said = f"Clock {way} by {abs(seconds):g} s: {place}"
    more = "Grants end by the clock of the control database. Synchronise the clocks."
    blocks = [warning_header(said), section(more)]
    return {"text": phrases.read_out(f"{said}. {more}", blocks), "blocks": blocks}


def _group_changed(notice: Notice) -> dict[str, Any]:
    parts = [
        f"{_listed(notice.data[key])} {verb}"
        for key, verb in (("joined", "joined"), ("left", "left"))
        if notice.data[key]
    ]
    said = f"{plain(str(notice.data['group']))} changed: {'; '.join(parts)}."
    if waits := notice.data.get("waits"):
        what = f"{_listed(waits)} cannot be approved now: {plain(str(notice.data['why']))}"
        said = f"{said} {what} To withdraw it: /dbaccess list."
    return {"text": inline(said), "blocks": [section(inline(said))]}


def _listed(names: Iterable[str]) -> str:
    shown = [plain(name)[:80] for name in names]
    more = len(shown) - _NAMES
    return ", ".join(shown[:_NAMES]) + (f" and {more} more" if more > 0 else "")
