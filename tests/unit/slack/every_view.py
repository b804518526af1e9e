"""Every message and view that dbaccess shows, with one text wherever people or files have a say."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from dbaccess.domain.audit_ask import AuditAsk
from dbaccess.domain.audit_page import AuditAnswer, AuditPage
from dbaccess.domain.errors import AlreadyOpen, Refused, SlackFailure
from dbaccess.domain.extension import Extendable
from dbaccess.domain.grant import GrantId, GrantState
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.message import Message, MessageId, MessageKind, Refusal
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.overview import BreakGlassToReview, Holding, ToReview
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Extend, Slot
from dbaccess.domain.reach import KnownReach, ReachedTable, TableUse
from dbaccess.domain.report_order import NotSentWhy, OrderState, ReportForm, ReportOrder, ReportOrderId
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.standing_access import StandingNow
from dbaccess.domain.use import Sighting, StatementSpan, Use
from dbaccess.slack.views import (
    answers,
    audit,
    audit_answer,
    break_form,
    break_glass_review,
    channel_notice,
    credentials,
    deny,
    digest,
    extend_form,
    form,
    home,
    ledger,
    listing,
    lockdown,
    lockdown_form,
    not_posted,
    reduced_approval,
    replace_request,
    report_order,
    request_details,
    revoke,
    statements,
    text_modal,
    who,
)
from dbaccess.slack.views.break_form import BreakState
from dbaccess.slack.views.form import FormState
from dbaccess.slack.views.operators_channel import still_overdue
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples, policies
from tests.unit.slack.access_reviews import access_reviews
from tests.unit.slack.activities import report, statement
from tests.unit.slack.examples import NOW, at
from tests.unit.slack.test_break_glass import EMERGENCY, MAYA, PENDING_REVIEW, POLICY
from tests.unit.slack.test_home import overview
from tests.unit.slack.test_limits import extreme_examples, kinds_for
from tests.unit.slack.test_limits_of_turns import OF_A_GRANT, OF_AN_EXTENSION, broken, longer
from tests.unit.slack.test_lockdown import details as lockdown_details
from tests.unit.slack.test_lockdown import lifted_story
from tests.unit.slack.test_lockdown_form import lockdown as declared
from tests.unit.slack.test_reduced_approval import WRITE, waiting
from tests.unit.slack.test_statements import page

Json = dict[str, Any]
Shown = tuple[str, Json]


@cache
def every_view(text: str, *, names: str | None = None) -> list[Shown]:
    """Each with a name; `tests/unit/slack/test_every_view.py` finds a function that is not among them.

    `text` is what people and policies say; `names` is what people are called, and what programs say.
    """
    names = text if names is None else names
    return [
        *_messages(text, names),
        *_activities(names),
        *_modals(text, names),
        *_forms(text, names),
        *_of_lockdowns(text, names),
        *_notices(names),
        *_lists(),
        *_answers(names),
        *_reports(names),
        *access_reviews(text, names),
    ]


def _called(names: str, stories_of: Iterable[RequestDetails]) -> Iterator[RequestDetails]:
    for story in stories_of:
        people = {who: replace(person, name=names[:500]) for who, person in story.people.items()}
        told = replace(
            story,
            people=people,
            requester_groups=(names,) * 3,
            reviews=tuple(replace(one, voided_why=one.voided_why and names[:500]) for one in story.reviews),
        )
        if told.ended_by is not None:
            told = replace(told, ended_by=replace(told.ended_by, name=names[:500]))
        if told.extension is not None and told.extension.why:
            told = replace(told, extension=replace(told.extension, why=names[:300]))
        if told.grant is not None:
            told = replace(
                told, grant=replace(told.grant, last_failure=told.grant.last_failure and names[:80])
            )
        yield told


def _messages(text: str, names: str) -> Iterator[Shown]:
    for details in _called(names, extreme_examples(text)):
        yield from _each(details, kinds_for(details))
        if details.request.state is RequestState.PENDING:
            yield from _each(replace(details, refusal=_refusal()), kinds_for(details))
        if details.grant is not None:
            yield "still overdue", still_overdue(details)
    for details in _called(names, broken(text)):
        yield from _each(details, list(OF_A_GRANT))
    for details in _called(names, longer(text)):
        unsettled = (
            {MessageKind.THREAD_EXTENDED, MessageKind.EXTENDED} if details.extension is None else set()
        )
        kinds = {*OF_AN_EXTENSION, MessageKind.PROBLEM, MessageKind.OPS_PROBLEM} - unsettled
        yield from _each(details, sorted(kinds))


def _activities(names: str) -> Iterator[Shown]:
    ended = replace(examples.granted(GrantState.ENDED), activity=report())
    yield from _each(ended, [MessageKind.REQUEST, MessageKind.THREAD_ENDED, MessageKind.ENDED])
    for is_captured in (True, False):
        idle = Use(sighting=QUIET, statements=SPAN, is_captured=is_captured)
        unused = replace(examples.granted(GrantState.ACTIVE), use=idle, now=QUIET.looked_at)
        yield from _each(unused, [MessageKind.IDLE])
    made = page(statement(f"select '{names[:200]}'"), has_more=True)
    for shown in (made, page()):
        yield "statements", statements.build(shown)


SPAN = StatementSpan(first_at=at(2), last_at=at(7))
QUIET = Sighting(
    grant_id=GrantId(7), looked_at=at(70), sessions=0, quiet_since=at(40), offered_at=at(70),
    clients=("10.0.0.7",), first_seen_at=at(2), last_seen_at=at(9),
)  # fmt: skip
BUSY = replace(QUIET, looked_at=NOW, sessions=2, quiet_since=None, offered_at=None)


def _each(details: RequestDetails, kinds: list[MessageKind]) -> Iterator[Shown]:
    for kind in kinds:
        for first in (True, False):
            yield kind.value, render(kind, details, first=first)


def _refusal() -> Refusal:
    return Refusal(code="is_archived", channel="C0APPROVALS", since=NOW)


def _modals(text: str, names: str) -> Iterator[Shown]:
    for details in _called(names, extreme_examples(text)):
        yield "details", request_details.build(details, approvable=True)
        yield "deny", deny.build(details)
        if details.grant is not None:
            yield "revoke", revoke.build(details.grant, names)
    for details in _called(names, longer(text)):
        yield "details", request_details.build(details, approvable=True)
    yield "review break-glass", break_glass_review.build(next(_called(names, broken(text))))
    terms = replace(WRITE, reason=text[:1000], ticket=text[:300])
    yield "approve for less", reduced_approval.build(waiting(request=examples.request(terms)))
    for grant in (examples.grant(state) for state in GrantState):
        yield "credentials", credentials.closed(grant)
    yield "credentials", credentials.loading(login="jit_acme_maya", target="orders-prod")
    yield "credentials", credentials.loading(login=None, target="orders-prod")
    yield "credentials", credentials.shown(login="jit", password="x", expires_at=at(9), replaced_at=at(5))
    yield "credentials", credentials.failed(target="orders-prod")
    yield "credentials", credentials.replaced(made_at=NOW)
    yield "credentials", credentials.pressed_twice()
    yield "credentials", credentials.refused(text=f"The grant is over since {NOW:%H:%M}.")


def _forms(text: str, names: str) -> Iterator[Shown]:
    roles = (policies.role(can=text, cannot=text), policies.role("write", can=text, cannot=text))
    policy = policies.policy(policies.target("orders-prod", *roles), rules=(*POLICY.rules, EMERGENCY))
    typed = FormState(target="orders-prod", role="read", duration="2h", reason=text, ticket=text[:100])
    for state in (FormState(), typed, replace(typed, role="write"), replace(typed, duration=text[:50])):
        for person in (policies.engineer(), policies.engineer("S0NONE")):
            yield "form", form.build(state, policy, person, now=NOW, lockdowns=[declared()])
            yield "form", form.build(state, policy, person, now=NOW)
    yield "targets", form.target_options(policy, policies.engineer(), "", now=NOW)
    urgent = BreakState(target="orders-prod", role="write", duration="30m", reason=text, ticket=text[:100])
    for glass in (BreakState(), urgent):
        found = break_form.build(
            glass, policy, MAYA, now=NOW, problem=_refused(names), lockdowns=[declared()]
        )
        yield "break glass", found
    yield "break glass", break_form.build(urgent, policies.policy(), MAYA, now=NOW)
    yield "replace", replace_request.build(AlreadyOpen("R-1041 is still open.", request_id=1041), typed)
    most = Extend(longest=timedelta(hours=8), approvals=(Slot(group="dba", count=1),))
    more_time = Extendable(
        grant=examples.grant(GrantState.ACTIVE), rule=policies.rule(), extend=most, left=timedelta(hours=4)
    )
    yield "extend", extend_form.build(more_time, reason=text)


def _refused(text: str) -> Refused:
    return Refused("Not since ", NOW, f": {text[:50]}")


def _of_lockdowns(text: str, names: str) -> Iterator[Shown]:
    held, over = lockdown_details(reason=text[:500]), lifted_story()
    over = replace(over, lockdown=replace(over.lockdown, reason=text[:500], lift_reason=text[:500]))
    for story in (held, over, replace(over, is_for_operators=True)):
        for first in (True, False):
            yield "lockdown", lockdown.message(story, first=first)
    yield "lifted", lockdown.lifted(over)
    yield "lock down", lockdown_form.build("orders-prod", grants=3, lifts=f"{names[:80]}.", reason=text[:500])
    yield "lift", lockdown_form.build_lift(replace(declared(), reason=text[:500]))


_DATA: dict[str, Any] = {
    "count": 3,
    "seq": 4711,
    "due_at": NOW.isoformat(),
    "seconds": 3.5,
    "joined": ["Sam Okafor"],
    "left": ["Lena Fox"],
    "doubts": ["holder", "other_person", "not_in_group"],
    "review": "AR-3",
    "ends_at": NOW.isoformat(),
    "items": 1200,
    "open": 12,
    "keep": 1100,
    "remove": 88,
    "unanswered": 12,
    "days": 90,
}
_FROM_STATE = {
    NoticeKind.STILL_OVERDUE,
    NoticeKind.MANY_OVERDUE,
    NoticeKind.LOCKDOWN,
    NoticeKind.LOCKDOWN_LIFTED,
    NoticeKind.NOT_POSTED,
}
_NAMES = (
    "cause",
    "target",
    "cluster",
    "login",
    "code",
    "roles",
    "why",
    "host",
    "hash",
    "place",
    "group",
    "what",
    "fix",
)


def _notices(names: str) -> Iterator[Shown]:
    yield "checkpoint", ledger.checkpoint(4711, '{"seq":4711}')
    data = dict.fromkeys((*_NAMES, "request", "reviewer", "account"), names[:60]) | _DATA
    for kind in NoticeKind:
        if kind not in _FROM_STATE:
            notice = Notice(id=NoticeId(1), key="k", kind=kind, channel="C0OPS", data=data)
            yield kind.value, channel_notice.render(notice)
    operators = ReviewerGroup(name="operators", sources=(), count=1)
    some = Overdue(target="orders-prod", count=9, first=GrantId(1), due_at=NOW)
    for overdue in (some, None):
        yield "many overdue", digest.overdue("orders-prod", overdue, operators, first=True)
    waits = Message(
        id=MessageId(1),
        request_id=RequestId(1042),
        kind=MessageKind.REQUEST,
        channel="C0A",
        refusal=_refusal(),
    )
    for refused in ([waits], []):
        yield "not posted", not_posted.notice("C0A", ["orders-prod"], refused, operators, first=True)
    for is_own in (True, False):
        yield "closed channel", not_posted.closed_channel("C0A", "is_archived", of_operators=is_own)
    for details in (examples.details(), examples.details(refusal=_refusal())):
        yield "not posted", not_posted.told(details)


def _audit_answers(names: str) -> Iterator[Shown]:
    told = {SlackId("U0MAYA"): names[:80], SlackId("U0PRIYA"): names[:80]}
    table = ReachedTable(schema="shop", name=names[:60], reads=True, writes=True)
    reaches = (KnownReach(tables=9, found=(table,)), KnownReach(), KnownReach(tables=9, unrecorded=1))
    details = examples.decided(RequestState.APPROVED, examples.review())
    grants = [
        examples.grant(state) for state in (GrantState.ACTIVE, GrantState.ENDED, GrantState.PROVISIONING)
    ]
    answers_ = tuple(
        AuditAnswer(grant=grant, request=details.request, reviews=details.reviews, reach=reach)
        for grant, reach in zip(grants, reaches, strict=True)
    )
    by_table = AuditAsk(table=names[:60], can=TableUse.WRITE, at=at(0), person=names[:60])
    other = AuditAsk(grant=1042, ticket=names[:60], since=at(0), until=at(1), role=names[:20])
    page = AuditPage(answers=answers_, after=GrantId(7), knows_table=False)
    for asked in (by_table, other):
        yield "audit answer", audit_answer.build(page, told, asked, draft_id=5, places=[GrantId(9)])
    none = AuditPage(answers=(), after=None)
    ran = statement(f"select '{names}'", grant_id=grants[0].id)
    shown = AuditAnswer(grant=grants[0], request=details.request, reviews=(), reach=reaches[0], statement=ran)
    words = AuditAsk(words=names[:60])
    yield "audit answer", audit_answer.build(none, {}, other, draft_id=5, places=[])
    yield "audit statements", audit_answer.build(none, {}, words, draft_id=5, places=[])
    found = AuditPage(answers=(shown,) * 10, after=ran.key)
    yield "audit statements", audit_answer.build(found, told, words, draft_id=5, places=[ran.key] * 90)


def _reports(names: str) -> Iterator[Shown]:
    yield "audit", audit.explained()
    yield from _audit_answers(names)
    since, form = at(0) - timedelta(days=31), ReportForm.CSV
    order = ReportOrder(
        id=ReportOrderId(1),
        slack_id=SlackId("UTOM"),
        since=since,
        until=at(0),
        target=names[:64],
        form=form,
        ordered_at=at(0),
        next_attempt_at=at(0),
    )
    yield "report ordered", report_order.ordered(order)
    yield "report", report_order.message(order)
    sent = replace(order, state=OrderState.SENT, digest="a" * 64, rows=1234)
    whole_days = replace(
        sent,
        target=None,
        since=datetime(2026, 3, 1, tzinfo=UTC),
        until=datetime(2026, 4, 1, tzinfo=UTC),
    )
    for one in (sent, whole_days):
        yield "report", report_order.message(one)
    for why in NotSentWhy:
        yield "report", report_order.message(replace(order, state=OrderState.NOT_SENT, why=why))


def _lists() -> Iterator[Shown]:
    grant, request = examples.grant(GrantState.ACTIVE), examples.request()
    used = Use(sighting=BUSY, statements=SPAN, is_captured=True)
    holding = Holding(grant=grant, holder_name="Maya Lindqvist", approved_by=("Priya Nair",), use=used)
    review = ToReview(request=request, requester_name="Maya Lindqvist")
    to_close = BreakGlassToReview(review=PENDING_REVIEW, requester_name="Maya Lindqvist")
    row = LockdownRow(lockdown=declared(), may_lift=True)
    full = overview(
        reviews_for=("dba",),
        reviews=(review,),
        revocable=(holding,),
        holds=(grant,),
        extendable=frozenset({grant.id}),
        uses={grant.id: used},
        waits=(request,),
        ended=(examples.grant(GrantState.ENDED),),
        break_glass_reviews=(to_close,),
        lockdowns=(row,),
    )
    yield "home", home.build(full)
    yield "home", home.build(overview())
    yield "home", home.refused(_refused("x"), now=NOW)
    yield "who", who.build("orders-prod", [holding], declared(), now=NOW)
    yield "who", who.build("orders-prod", [], now=NOW, standing=StandingNow(logins=2, read_at=NOW))
    to_do = listing.build(reviews=[review], break_glass_reviews=[to_close], unreviewed=[PENDING_REVIEW])
    yield "list", to_do
    yield "list", listing.build(held=[grant], waiting=[request], lockdowns=[row])
    yield "list", listing.to_end([grant])
    yield "list", listing.to_extend([grant])
    yield "list", listing.to_revoke([holding])
    answer = answers.ending(grant.role, grant.target)
    yield "list after a click", listing.below(answer, listing.to_end([grant]))


def _answers(names: str) -> Iterator[Shown]:
    for answer in (
        answers.recorded(examples.request()),
        answers.recorded(examples.request(), Refusal(code="is_archived", channel="C0", since=at(0))),
        answers.withdrawn(examples.request()),
        answers.refused(_refused(names)),
        answers.refused(_refused(names), draft_id=5),
        answers.done("Recorded."),
        answers.ending("read", "orders-prod"),
        answers.help_([("list", "what you hold")]),
        answers.not_shown(SlackFailure("Slack refused it.", code="is_archived")),
        answers.not_finished(),
    ):
        yield "answer", answer
        yield "answer in a modal", text_modal.build(answer, title="Answer")
        yield "answer in a modal", text_modal.on_top(deny.build(examples.details()), answer)
