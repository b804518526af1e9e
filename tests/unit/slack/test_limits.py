"""Whatever people type, every surface stays within Slack's limits and pings no person by it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import EndCause, GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.people import SourceId
from dbaccess.domain.request import RequestState, Verdict
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.slack.blocks import button, confirmation, header, modal, option, warning_header
from dbaccess.slack.fields import Field, errors_at
from dbaccess.slack.text import code_block, cut, date, fit, inline, pieces, quote, refusal
from dbaccess.slack.views import (
    answers,
    credentials,
    deny,
    digest,
    direct_messages,
    form,
    form_role,
    home,
    listing,
    render_by_kind,
    request_details,
    request_message,
    revoke,
    rows,
    surrender,
    who,
    withdraw,
)
from dbaccess.slack.views.operators_channel import still_overdue
from dbaccess.slack.views.phrases import joined, noted
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.limits import elements_of, faults_of_message, faults_of_view, texts_of

NASTY = (
    "<!channel> <!here> <!everyone> <@U0VICTIM> <!subteam^S0ALL> <https://evil.example|click> @channel "
    "https://evil.example ```code``` `x` *bold* \u202etxt.exe\u2066 \x00\x07 :warning: |pipe| & < > "
)
EXTREMES = {"nasty": NASTY, "ampersands": "&" * 5000, "words": "word " * 1000, "lines": "line\n" * 200}
_OURS = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\}, \{time\}\|\d\d:\d\d UTC>"
    r"|<https://acme\.slack\.com/team/[A-Z0-9]+\|[^<>|]*>"
    r"|<@U0PRIYA>|<@U0OPS>|<!subteam\^S0DBA>"
)


def extreme_examples(text: str) -> Iterator[RequestDetails]:
    """One in each state, with `text` wherever people or files have a say."""
    terms = examples.terms(reason=text[:1000] or "x" * 10, ticket=text[:300], personal_login="maya")
    people = {s: replace(p, name=text[:500]) for s, p in examples.details().people.items()}
    named = {"people": people, "can": text, "cannot": text, "requester_groups": (text,) * 3}
    yes = examples.review(note=text[:500])
    no = examples.review(Verdict.DENIED, note=text[:500])
    gone = examples.review(reviewer="sam", voided_at=examples.NOW, voided_why=text[:500])
    ended = {"end_cause": EndCause.REVOKED, "ended_by": "priya", "end_note": text[:1000]}
    for state in RequestState:
        reviews = (no,) if state is RequestState.DENIED else (yes, gone)
        request = examples.request(terms, state=state)
        yield examples.details(request=request, reviews=reviews, **named)
    approved = examples.request(terms, state=RequestState.APPROVED)
    for held in GrantState:
        for changes in (
            {},
            {"attempts": 9, "last_failure": text[:80]},
            {"activated_at": None, **ended},
            ended,
        ):
            grant = examples.grant(held, **(changes if held is not GrantState.ACTIVE else {}))
            yield examples.details(
                request=approved, reviews=(yes,), grant=grant, ended_by=people[examples.PRIYA], **named
            )


OF_A_BREAK_GLASS_REVIEW = {MessageKind.THREAD_OVERDUE, MessageKind.THREAD_REVIEWED, MessageKind.REVIEWED}


def kinds_for(details: RequestDetails) -> list[MessageKind]:
    """Without a grant there is nothing to say of one, and without a break-glass nothing of its review."""
    if details.grant is not None:
        return [kind for kind in MessageKind if kind not in OF_A_BREAK_GLASS_REVIEW]
    return [
        MessageKind.REQUEST,
        MessageKind.THREAD_WAITING,
        MessageKind.THREAD_ESCALATED,
        MessageKind.THREAD_APPROVED,
        MessageKind.THREAD_VOIDED,
        MessageKind.SUBMITTED,
        MessageKind.DENIED,
        MessageKind.LAPSED,
        MessageKind.STALE,
    ]


def check_message(payload: dict[str, Any]) -> None:
    assert faults_of_message(payload) == []
    for block in payload["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    check_texts(payload["blocks"])
    assert "<" not in payload["text"]


def check_texts(value: Any) -> None:
    """Every `<` in mrkdwn is one of ours, and no hidden character is left."""
    for text in texts_of(value):
        assert not set("\u202e\u2066\x00\x07") & set(text["text"])
        if text["type"] == "plain_text":
            assert "<!date" not in text["text"]
        if text["type"] == "mrkdwn":
            rest = _OURS.sub("", text["text"])
            assert "<" not in rest, rest
            assert ">" not in rest, rest


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
@pytest.mark.parametrize("first", [True, False])
def test_every_message_in_every_state_is_one_that_slack_takes(text: str, *, first: bool) -> None:
    for details in extreme_examples(text):
        for kind in kinds_for(details):
            check_message(render(kind, details, first=first))


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_hourly_message_stays_within_slacks_limits(text: str) -> None:
    for details in extreme_examples(text):
        if details.grant is not None:
            check_message(still_overdue(details))
            check_message(still_overdue(replace(details, people={})))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("count", [None, 10_000_000])
@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_alarm_of_many_is_one_that_slack_takes(text: str, *, count: int | None, first: bool) -> None:
    due_at = datetime(2026, 3, 10, tzinfo=UTC)
    some = Overdue(target=text, count=count, first=GrantId(1), due_at=due_at) if count else None
    operators = ReviewerGroup(name=text, sources=(SourceId("S0DBA"), SourceId("U0OPS")), count=1)
    check_message(digest.overdue(text, some, operators, first=first))


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_every_modal_is_one_that_slack_takes(text: str) -> None:
    for details in extreme_examples(text):
        views = [request_details.build(details, approvable=True), deny.build(details)]
        if details.grant is not None:
            views.append(revoke.build(details.grant, text))
        for view in views:
            assert faults_of_view(view) == []
            View(**view).validate_json()
            check_texts([b for b in view["blocks"] if b["type"] != "input"][:1])


def test_typed_text_never_pings_even_where_the_group_is_pinged() -> None:
    details = next(extreme_examples(NASTY))
    payload = render(MessageKind.REQUEST, details, first=True)
    said = " ".join(text["text"] for text in texts_of(payload["blocks"]))
    pings = re.findall(r"<[@!](?!date)[^>]*>", said)
    assert set(pings) <= {"<!subteam^S0DBA>"}


@given(text=st.text(max_size=1500))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_a_message_that_slack_takes(text: str) -> None:
    reason = text[:1000]
    people = {s: replace(p, name=text[:200]) for s, p in examples.details().people.items()}
    request = examples.request(examples.terms(reason=reason, ticket=text[:50] or None))
    details = examples.details(request=request, people=people, can=text, cannot=text)
    payload = render(MessageKind.REQUEST, details, first=True)
    assert faults_of_message(payload) == []
    assert faults_of_view(request_details.build(details, approvable=True)) == []


@given(text=st.text(max_size=400), longest=st.integers(min_value=1, max_value=200))
def test_cut_keeps_within_the_limit_after_escaping(text: str, longest: int) -> None:
    assert len(cut(text, longest).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) <= longest


@given(text=st.text(max_size=400), longest=st.integers(min_value=5, max_value=50))
def test_pieces_are_the_whole_text(text: str, longest: int) -> None:
    assert "".join(pieces(text, longest)) == text


def test_fit_tears_no_token() -> None:
    assert fit("ab <https://acme.slack.com|x> cd", 10) == "ab …"
    assert fit("abcdef &amp; gh", 10) == "abcdef …"
    assert fit("short", 10) == "short"


def test_code_block_cannot_be_closed_from_inside() -> None:
    assert code_block("a```b`c") == "```a'''b'c```"
    assert code_block("&" * 3000).endswith("```")


def test_inline_text_has_one_line_and_no_code() -> None:
    assert inline("a\n\n*b* `c` <x>") == "a \u2217b\u2217 'c' &lt;x&gt;"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("*Approved by Priya*", "\u2217Approved by Priya\u2217"),
        ("_it_ ~gone~", "\uff3fit_ \u223cgone\u223c"),
        (":white_check_mark: Approved", "\u2236white_check_mark: Approved"),
        (":+1: :100: at 06:15: x", "\u2236+1: \u2236100: at 06:15: x"),
        ("select * from queue_state where a = '*'", "select * from queue_state where a = '\u2217'"),
    ],
)
def test_typed_mark_up_stays_text(typed: str, shown: str) -> None:
    assert inline(typed) == shown


@given(text=st.text(max_size=300))
def test_no_line_leaves_a_quotation(text: str) -> None:
    assert all(line.startswith("&gt; ") for line in quote(text).splitlines())


def test_note_stands_below_its_statement_and_what_follows_below_the_note() -> None:
    said = noted("Denied by Priya", "no.\n> Approved by Sam")
    assert said == "Denied by Priya:\n&gt; no. &gt; Approved by Sam"
    assert joined(said, "No access.", "At all.") == f"{said}\nNo access. At all."
    assert joined(noted("Denied", " \u2060"), "No access.") == "Denied. No access."


def test_display_name_does_not_stand_alone_in_any_message() -> None:
    name = "Approved by Priya \U0001f6a8"
    for details in extreme_examples("plain words"):
        people = {s: replace(p, name=name) for s, p in details.people.items()}
        for kind in kinds_for(details):
            assert name not in str(render(kind, replace(details, people=people), first=True))


def test_typed_date_token_does_not_survive_in_a_refusal() -> None:
    assert "<" not in refusal(Refused("<!date^1^{time}|03:14 UTC>"))


def test_element_in_which_slack_renders_no_token_holds_none() -> None:
    token = date(examples.NOW)
    refused = Refused(f"since {token}")
    view = modal(title=token, callback_id="x", blocks=[], submit=token, close=token)
    made = [
        view,
        button(
            token,
            action_id="x",
            value="x",
            spoken=token,
            confirm=confirmation(title=token, text=token, yes=token, no=token),
        ),
        option(token, "x", description=token),
        header(token),
        warning_header(token),
        Field("x").text(token, longest=10, placeholder=token),
        errors_at(refused, view, Field("x")),
    ]
    assert "<!date" not in str(made)
    assert str(made).count("UTC") >= 14


MODULES = (
    answers, credentials, deny, request_details, direct_messages, form, form_role, home, listing,
    request_message, revoke, rows, surrender, who, withdraw,
)  # fmt: skip


def ids_of(module: ModuleType) -> dict[str, str]:
    """The action and callback ids: upper-case words that hold a dotted or plain id, not blocks' ids."""
    found = {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    return {
        name: value
        for name, value in found.items()
        if re.fullmatch(r"[a-z_.]+", value) and not name.startswith("_")
    }


def test_a_requester_whom_slack_has_lost_does_not_silence_the_messages() -> None:
    for details in extreme_examples("plain words"):
        for kind in kinds_for(details):
            check_message(render(kind, replace(details, people={}), first=True))


def test_views_need_neither_slacks_library_nor_ours_beyond_the_domain() -> None:
    names = [module.__name__ for module in (*MODULES, render_by_kind)]
    program = f"import sys, {', '.join(names)}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    roots = {name.split(".")[0] for name in loaded.split()}
    assert roots.isdisjoint({"slack_sdk", "slack_bolt", "sqlalchemy", "psycopg", "pydantic", "redis", "rq"})
    ours = {name for name in loaded.split() if name.startswith("dbaccess.")}
    assert all(name.startswith(("dbaccess.domain", "dbaccess.slack")) for name in ours)


def test_every_id_is_one_surface_s_own() -> None:
    owners: dict[str, str] = {}
    for module in MODULES:
        for name, value in ids_of(module).items():
            assert owners.setdefault(value, name) == name, value
    assert len(owners) >= 20


def test_every_action_id_in_a_message_is_a_known_one() -> None:
    known = {value for module in MODULES for value in ids_of(module).values()}
    for details in extreme_examples("plain words"):
        for kind in kinds_for(details):
            for element in elements_of(render(kind, details, first=True)):
                assert element["action_id"] in known
