"""A page of answers to an auditor's question, which only the auditor sees."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.activity import Statement, StatementKey
from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.audit_page import AuditAnswer, AuditKey, AuditPage
from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.people import SlackId
from dbaccess.domain.reach import CUT_SHORT
from dbaccess.domain.request import Review
from dbaccess.slack.blocks import actions, button, context, section
from dbaccess.slack.text import code_block, cut, date, escape, inline, quote
from dbaccess.slack.views import phrases, rows

OLDER = "audit.older"
"""Value: see `parse_place`. Shows the page after this one in the place of it."""
NEWER = "audit.newer"
"""Value: see `parse_place`. Shows the page before this one in the place of it."""

PAGE: Final = 10
"""The answers of a page."""

_VALUE_LONGEST: Final = 1900
_REASON_LONGEST: Final = 150
_TEXT_LONGEST: Final = 400
_TIME: Final = "%Y-%m-%d %H:%M UTC"
_NAMED: Final = ("person", "reviewer", "target", "role", "table", "can", "ticket")

Json = dict[str, Any]
Names = Mapping[SlackId, str]


def build(
    page: AuditPage, names: Names, asked: AuditAsk, *, draft_id: int, places: Sequence[AuditKey]
) -> Json:
    """Return the answer; `places` are the ends of the pages before this one, the first of them first."""
    blocks = [
        section(f"*{_kind(asked)}:* {question_in_words(asked)}"),
        *[block for answer in page.answers for block in _answer(answer, names, asked)],
        *([] if page.answers else [section(_none(asked))]),
        *_notes(page, asked, number=len(places) + 1),
        *actions(_paging(page, draft_id, list(places))),
    ]
    return {"text": phrases.read_out(f"Audit: {_kind(asked)}", blocks), "blocks": blocks}


def parse_place(value: str) -> tuple[int, list[AuditKey]]:
    """Return the question's draft, and the ends of the pages before the wanted one.

    Raises `NotFound` for a value that is none of ours.
    """
    try:
        draft, *places = json.loads(value)
        return int(draft), [_key(one) for one in places]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise NotFound("This page has expired; ask again with /dbaccess audit.") from None


def question_in_words(asked: AuditAsk) -> str:
    """Return `table shop.orders, at 2026-03-14 10:00 UTC`, escaped."""
    said = [f"{name} {inline(cut(str(part), 80))}" for name in _NAMED if (part := getattr(asked, name))]
    if asked.grant is not None:
        said.append(f"grant G-{asked.grant}")
    moments = {"at": asked.at, "from": asked.since, "before": asked.until}
    said += [f"{name} {moment:{_TIME}}" for name, moment in moments.items() if moment is not None]
    if asked.words is not None:
        said.append(f"statements with {inline(cut(asked.words, 80))}")
    return ", ".join(said)


def _kind(asked: AuditAsk) -> str:
    return "Grants" if asked.words is None else "Statements"


def _answer(answer: AuditAnswer, names: Names, asked: AuditAsk) -> Iterator[Json]:
    grant, statement = answer.grant, answer.statement
    holder = rows.name(names.get(grant.holder_slack_id) or grant.holder)
    what = f"*{grant.label}* {holder}, {escape(rows.what(grant))}"
    if statement is not None:
        yield section(f"{what}\n{_text(statement)}")
        yield context(f"{date(statement.at)} · {_reach(answer, asked)}")
        return
    reason = answer.request.terms.reason if answer.request is not None else ""
    quoted = quote(cut(reason, _REASON_LONGEST)) if reason else ""
    yield section(phrases.below(f"{what}\n{_held(grant)}", quoted))
    said = [_reach(answer, asked), *(_review(review, names) for review in answer.reviews)]
    if answer.request is not None and answer.request.terms.ticket:
        said.append(inline(cut(answer.request.terms.ticket, 60)))
    yield context(" · ".join(said))


def _held(grant: Grant) -> str:
    """Return from when until when it was held: until its end was verified."""
    if grant.held_from is None:
        return "Never held: nothing was begun on the target."
    if grant.ended_at is not None:
        cause = f", {escape(grant.end_cause.value.replace('_', ' '))}" if grant.end_cause else ""
        return f"{date(grant.held_from)} to {date(grant.ended_at)}{cause}"
    due = f", due {date(grant.expires_at)}" if grant.expires_at is not None else ""
    return f"Since {date(grant.held_from)}{due}, no end verified yet"


def _reach(answer: AuditAnswer, asked: AuditAsk) -> str:
    """Return what is on record of the tables that its login reached; unknown is said, and never left out."""
    reach = answer.reach
    why = "more tables than are recorded" if reach.unknown_why == CUT_SHORT else "its tables were not read"
    if asked.table is None:
        return "tables unknown" if reach.tables is None else f"{reach.tables:,} tables"
    if reach.found:
        found = [f"{one.label} ({', '.join(one.uses)})" for one in reach.found[:3]]
        more = f" and {len(reach.found) - 3} more" if len(reach.found) > 3 else ""  # noqa: PLR2004 those shown
        return f"reached {inline(cut(', '.join(found), 200))}{more}"
    return f"*unknown* whether it reached {inline(cut(asked.table, 80))}: {why}"


def _review(review: Review, names: Names) -> str:
    void = ", void" if review.voided_at is not None else ""
    who = rows.name(names.get(review.reviewer_slack_id) or review.reviewer)
    return f"{review.verdict} by {who}{void}"


def _text(statement: Statement) -> str:
    text = statement.text.strip()
    return code_block(cut(text, _TEXT_LONGEST)) if text else "(empty)"


def _none(asked: AuditAsk) -> str:
    if asked.words is not None:
        return "No captured statement fits. Statements that were not captured are unknown."
    return "No grant fits."


def _notes(page: AuditPage, asked: AuditAsk, *, number: int) -> Iterator[Json]:
    said = [f"Page {number}, newest first."]
    if not page.knows_table and asked.table is not None:
        said.append(f"No recorded reach has {inline(cut(asked.table, 80))}: write schema and name.")
    if asked.words is not None:
        said.append("The ledger records this look.")
    yield context(" ".join(said))


def _paging(page: AuditPage, draft_id: int, places: list[AuditKey]) -> Iterator[Json]:
    if places:
        yield button("Newer", action_id=NEWER, value=_value(draft_id, places[:-1]), spoken="Newer answers")
    if page.after is not None:
        value = _value(draft_id, [*places, page.after])
        yield button("Older", action_id=OLDER, value=value, spoken="Older answers")


def _value(draft_id: int, places: list[AuditKey]) -> str:
    """Return the value of a button; the ends of very many pages are left out from the first on."""
    kept = [_written(place) for place in places]
    while len(value := json.dumps([draft_id, *kept], separators=(",", ":"))) > _VALUE_LONGEST:
        del kept[0]
    return value


def _written(key: AuditKey) -> Any:
    if isinstance(key, StatementKey):
        return [key.at.isoformat(), key.cluster, key.session_id, key.line_num]
    return int(key)


def _key(written: Any) -> AuditKey:
    if not isinstance(written, list):
        return GrantId(int(written))
    at, cluster, session_id, line_num = written
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(at)
    return StatementKey(at=moment, cluster=str(cluster), session_id=str(session_id), line_num=int(line_num))
