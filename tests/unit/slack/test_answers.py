"""One-line answers and lists: what they say, and where their buttons lead."""

from typing import Any

import pytest

from dbaccess.domain.coverage import NOT_CHECKED
from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import (
    AlreadyDecided,
    BadDuration,
    NotAllowed,
    NotEligible,
    NotFound,
    Refused,
    TooLong,
    UnknownName,
)
from dbaccess.domain.grant import GrantState
from dbaccess.domain.message import Refusal
from dbaccess.domain.overview import Holding, ToReview
from dbaccess.domain.standing_access import StandingNow
from dbaccess.domain.use import Sighting, StatementSpan, Use
from dbaccess.slack.text import date
from dbaccess.slack.views import answers, listing, rows, surrender, who, withdraw
from dbaccess.slack.views.activity import coverage_phrase
from dbaccess.slack.views.request_message import REVOKE
from tests.unit.slack import activities, examples, policies
from tests.unit.slack.examples import at
from tests.unit.slack.limits import elements_of, faults_of_message


def said(payload: dict[str, Any]) -> list[str]:
    assert faults_of_message(payload) == []
    return [
        block["text"]["text"] if block["type"] == "section" else block["elements"][0]["text"]
        for block in payload["blocks"]
        if block["type"] in {"section", "context"}
    ]


def buttons(payload: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(e["text"]["text"], e["action_id"], e["value"]) for e in elements_of(payload)]


def refusal_of(ask: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        ask()
    return refused.value


def test_recorded_says_only_what_stays_true() -> None:
    answer = answers.recorded(examples.request())
    asks = "Sent: R-1042, read on orders-prod, 2 h. It asks for 1 approval from dba until"
    follow = "A direct message says how it stands."
    assert said(answer) == [f"{asks} {date(at(40))}. {follow}"]
    assert buttons(answer) == [("Withdraw", withdraw.WITHDRAW, "1042")]
    assert answer["text"].split("\n") == ["Sent: read on orders-prod, 2 h", f"{asks} 03:40 UTC. {follow}"]


def test_recorded_says_that_the_channel_took_no_message_last() -> None:
    refusal = Refusal(code="is_archived", channel="C0APPROVALS", since=at(0))
    told = " ".join(said(answers.recorded(examples.request(), refusal)))
    assert ":warning: Reviewers may not see it." in told
    assert "the channel is archived. Unarchive it, or name another channel in the policy." in told


def test_unknown_target_offers_the_nearest() -> None:
    error = refusal_of(lambda: policies.policy().target("orders-prd"))
    answer = answers.refused(error, draft_id=5)
    assert said(answer)[0].startswith('No target "orders-prd". Nearest: orders-prod')
    assert buttons(answer)[0] == ("Use orders-prod", f"{answers.USE_NAME}.0", "5:orders-prod")
    assert len({action_id for _, action_id, _ in buttons(answer)}) == len(buttons(answer))
    assert answers.parse_choice("5:orders-prod") == (5, "orders-prod")


def test_beginning_of_several_targets_offers_those_by_their_names() -> None:
    error = refusal_of(lambda: policies.policy().target("orders"))
    answer = answers.refused(error, draft_id=5)
    assert said(answer) == ['"orders" fits two targets: orders-dev, orders-prod.']
    assert buttons(answer) == [
        ("orders-dev", f"{answers.USE_NAME}.0", "5:orders-dev"),
        ("orders-prod", f"{answers.USE_NAME}.1", "5:orders-prod"),
    ]


def test_too_long_offers_the_longest() -> None:
    answer = answers.refused(
        TooLong("8 h is over the maximum of 4 h (rule prod-read).", longest="4h", at_most="At most 4 h."),
        draft_id=5,
    )
    assert said(answer) == ["8 h is over the maximum of 4 h (rule prod-read)."]
    assert buttons(answer) == [
        ("Request 4 h", answers.REQUEST_LONGEST, "5:4h"),
        ("Change", answers.CHANGE, "5"),
    ]


@pytest.mark.parametrize(
    ("typed", "choices"),
    [("90", ["90m"]), ("2 fortnights", ["2m", "2h"]), ("0", []), ("-5", []), ("nonsense", [])],
)
def test_unreadable_time_is_asked_back_or_opens_the_form(typed: str, choices: list[str]) -> None:
    error = refusal_of(lambda: parse_duration(typed))
    assert isinstance(error, BadDuration)
    answer = answers.refused(error, draft_id=5)
    assert said(answer) == [str(error)]
    meant = [(text, f"{answers.USE_NAME}.{index}", f"5:{text}") for index, text in enumerate(choices)]
    assert buttons(answer) == [*meant, ("Open form", answers.OPEN_FORM, "5")]


def test_other_refusals_of_an_ask_offer_to_change_it() -> None:
    answer = answers.refused(NotAllowed("No rule allows write."), draft_id=5)
    assert buttons(answer) == [("Change", answers.CHANGE, "5")]


def test_role_that_no_rule_allows_offers_those_that_some_rule_does() -> None:
    error = NotAllowed("No rule allows write on orders-prod now. Possible: read.", possible=["read"])
    assert buttons(answers.refused(error, draft_id=5)) == [
        ("Use read", f"{answers.USE_NAME}.0", "5:read"),
        ("Change", answers.CHANGE, "5"),
    ]


def test_refused_click_has_no_buttons() -> None:
    answer = answers.refused(NotEligible("Only dba reviews this; you are not in dba."))
    assert said(answer) == ["Only dba reviews this; you are not in dba."]
    assert buttons(answer) == []


def test_refusal_keeps_our_date_and_escapes_what_was_typed() -> None:
    token = f"<!date^{int(at(14).timestamp())}^{{date_short_pretty}} at {{time}}|03:14 UTC>"
    refused = AlreadyDecided("Eve <!channel> & <@U0X> denied this ", at(14), ".")
    answer = answers.refused(refused)
    assert said(answer) == [f"Eve &lt;!channel&gt; &amp; &lt;@U0X&gt; denied this {token}."]
    assert answer["text"] == "Eve &lt;!channel&gt; &amp; &lt;@U0X&gt; denied this 03:14 UTC."
    assert str(refused) == "Eve <!channel> & <@U0X> denied this 10 Mar 03:14 UTC."


def test_long_refusal_is_read_out_whole() -> None:
    why = " ".join(["No rule allows it."] * 40)
    assert answers.refused(NotEligible(why))["text"] == why


@pytest.mark.parametrize("forged", ["", "5", "5:", "x:y", ":orders-prod"])
def test_forged_choice_is_refused(forged: str) -> None:
    with pytest.raises(NotFound):
        answers.parse_choice(forged)


def test_help_has_no_columns_that_a_phone_would_break() -> None:
    text = said(answers.help_([("", "opens the form"), ("who TARGET", "lists holders")]))[0]
    assert text.splitlines() == ["`/dbaccess`", "opens the form", "`/dbaccess who TARGET`", "lists holders"]


def test_list_shows_what_is_held_waited_for_and_to_be_reviewed() -> None:
    answer = listing.build(
        held=[examples.grant(GrantState.ACTIVE)],
        waiting=[examples.request()],
        reviews=[ToReview(request=examples.request(), requester_name="Sam Okafor")],
    )
    assert said(answer) == [
        "*You hold*",
        f"read on orders-prod, ends {date(at(135))}",
        "*You wait for*",
        f"read on orders-prod, 2 h, dba, lapses {date(at(40))}",
        "*Waiting for your review*",
        "Sam Okafor, read on orders-prod, 2 h",
    ]
    assert buttons(answer) == [
        ("I'm done", surrender.SURRENDER, "7"),
        ("Withdraw", withdraw.WITHDRAW, "1042"),
        ("Open", rows.OPEN, "1042"),
    ]
    assert answer["text"].split("\n") == [
        "You hold: 1, You wait for: 1, Waiting for your review: 1",
        "*You hold*",
        "read on orders-prod, ends 05:15 UTC",
        "*You wait for*",
        "read on orders-prod, 2 h, dba, lapses 03:40 UTC",
        "*Waiting for your review*",
        "Sam Okafor, read on orders-prod, 2 h",
    ]


def test_empty_lists_say_so() -> None:
    assert said(listing.build()) == [listing.EMPTY]
    assert said(listing.to_end([])) == ["You hold nothing."]
    assert said(listing.to_revoke([])) == ["There is nothing to revoke."]


def test_list_of_what_may_be_revoked_leads_to_the_reason() -> None:
    row = Holding(grant=examples.grant(GrantState.ACTIVE), holder_name="Maya <Lindqvist>")
    answer = listing.to_revoke([row])
    assert said(answer)[1] == f"Maya &lt;Lindqvist&gt;, read on orders-prod, 2 h, ends {date(at(135))}"
    assert buttons(answer) == [("Revoke", REVOKE, "7")]


UNKNOWN = "Use not known"
NOT_PROVED = f"{coverage_phrase(NOT_CHECKED)}."
NOT_READ = "Standing access not known."


def test_answer_of_who_has_the_last_statement_and_the_coverage() -> None:
    grant = examples.grant(GrantState.ACTIVE)
    ran = StatementSpan(first_at=at(6), last_at=at(7))
    seen = Sighting(grant_id=grant.id, looked_at=at(9), sessions=2)
    holding = Holding(
        grant=grant, holder_name="Tom Berg", use=Use(statements=ran, sighting=seen, is_captured=True)
    )
    answer = who.build("orders-prod", [holding], now=at(10), coverage=activities.FULL)
    row, used = said(answer)[1].split("\n")
    assert [row, used, *said(answer)[2:]] == [
        f"Tom Berg, read, ends {date(at(135))}, no approval asked",
        "Last statement 3 min ago, 2 sessions, 2 of 120 min used",
        NOT_READ,
        "Statements captured in full, checked 1 s ago.",
    ]


def test_answer_of_who_names_holders_ends_and_reviewers() -> None:
    held = Holding(
        grant=examples.grant(GrantState.ACTIVE),
        holder_name="Maya <Lindqvist>",
        approved_by=("Priya Nair", "Sam Okafor"),
    )
    begun = Holding(grant=examples.grant(GrantState.PROVISIONING, role="write"), holder_name="Tom Berg")
    ending = Holding(grant=examples.grant(GrantState.REVOKING), holder_name="Tom Berg", approved_by=("Sam",))
    answer = who.build("orders-prod", [held, begun, ending], now=examples.NOW)
    assert "\n".join(said(answer)).split("\n") == [
        "*orders-prod now*",
        f"Maya &lt;Lindqvist&gt;, read, ends {date(at(135))}, approved by Priya Nair and Sam Okafor",
        UNKNOWN,
        "Tom Berg, write, not active yet, no approval asked",
        "Tom Berg, read, ending, approved by Sam",
        NOT_READ,
        NOT_PROVED,
    ]
    assert answer["text"].split("\n") == [
        "orders-prod now: 3",
        "*orders-prod now*",
        "Maya &lt;Lindqvist&gt;, read, ends 05:15 UTC, approved by Priya Nair and Sam Okafor",
        UNKNOWN,
        "Tom Berg, write, not active yet, no approval asked",
        "Tom Berg, read, ending, approved by Sam",
        NOT_READ,
        NOT_PROVED,
    ]
    assert buttons(answer) == []


def test_answer_of_who_says_that_it_is_empty_or_how_many_more_there_are() -> None:
    assert said(who.build("orders-prod", [], now=examples.NOW)) == [
        "No grant is open on orders-prod now.",
        NOT_READ,
        NOT_PROVED,
    ]
    held = Holding(
        grant=examples.grant(GrantState.ACTIVE), holder_name="&" * 500, approved_by=("&" * 500,) * 9
    )
    assert (
        said(who.build("orders-prod", [held] * 32, now=examples.NOW))[-3] == "12 more: dbaccess grants list"
    )
    assert len(said(who.build("orders-prod", [held] * 20, now=examples.NOW))) == 23


def test_who_says_how_many_logins_have_standing_access_or_that_it_is_not_known() -> None:
    for standing, expected in (
        (StandingNow(logins=2, read_at=at(3)), f"Standing access, no grant: 2 logins (read {date(at(3))})."),
        (
            StandingNow(logins=3, superusers=1, read_at=at(3)),
            f"Standing access, no grant: 3 logins, 1 superuser among them (read {date(at(3))}).",
        ),
        (StandingNow(logins=0, read_at=at(3)), f"Standing access, no grant: none (read {date(at(3))})."),
        (StandingNow(read_at=at(3)), f"Standing access not known, last read {date(at(3))}."),
    ):
        assert expected in said(who.build("orders-prod", [], now=examples.NOW, standing=standing))


def test_ending_grant_offers_no_button_to_end_it() -> None:
    answer = listing.build(held=[examples.grant(GrantState.REVOKING)])
    assert said(answer)[1] == "read on orders-prod, ending"
    assert buttons(answer) == []


def test_long_list_says_how_many_more_there_are() -> None:
    answer = listing.build(held=[examples.grant(GrantState.ACTIVE)] * 15, waiting=[examples.request()] * 17)
    assert len(buttons(answer)) == 20
    assert said(answer)[-1] == "12 more: dbaccess grants list"


def test_unknown_name_without_a_near_one_opens_the_form() -> None:
    error = UnknownName("No target.", kind="target", asked="zzz", nearest=())
    assert buttons(answers.refused(error, draft_id=1)) == [("Open form", answers.OPEN_FORM, "1")]
