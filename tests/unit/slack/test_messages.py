"""Thread and direct messages, word by word."""

from datetime import timedelta

import pytest

from dbaccess.domain.grant import GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SourceId
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestState, StaleWhy, Verdict
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.slack.text import date
from dbaccess.slack.views import credentials, direct_messages, phrases, surrender, withdraw
from dbaccess.slack.views.button_value import parse_id
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.examples import at
from tests.unit.slack.shown import PRIYA_LINK, buttons, lock_screen, shown

DENIED = examples.decided(
    RequestState.DENIED, examples.review(Verdict.DENIED, note="Use orders-replica, same tables.")
)


def test_thread_names_who_approved_quietly() -> None:
    assert shown(MessageKind.THREAD_APPROVED, examples.granted(GrantState.PROVISIONING)) == [
        f"{PRIYA_LINK} (dba) approved 2 h."
    ]


def test_thread_says_active_and_mentions_who_approved() -> None:
    details = examples.granted(GrantState.ACTIVE)
    assert shown(MessageKind.THREAD_ACTIVE, details) == [
        f"Active: orders-prod confirmed role and login. Ends {date(at(135))}. Approved by <@U0PRIYA>."
    ]
    text = render(MessageKind.THREAD_ACTIVE, details, first=True)["text"]
    assert text == "Active: orders-prod confirmed role and login. Ends 06:15. Approved by Priya Nair (priya)."


def test_thread_carries_the_receipt_and_never_claims_that_statements_were_captured() -> None:
    assert shown(MessageKind.THREAD_ENDED, examples.granted(GrantState.ENDED)) == [
        (
            f"Ended: expired {date(at(135))}. "
            "Receipt: role removed, login removed, 1 session closed, none left.\n"
            "Not captured: orders-prod does not log statements. What ran is unknown."
        )
    ]


def test_submitted_says_what_it_needs_and_when_it_lapses() -> None:
    details = examples.details()
    assert shown(MessageKind.SUBMITTED, details) == [
        f"Recorded: R-1042, read on orders-prod, 2 h. Needs 1 approval from dba. Lapses {date(at(40))}."
    ]
    found = buttons(MessageKind.SUBMITTED, details)
    assert [e["action_id"] for e in found.values()] == [direct_messages.SEE_REQUEST, withdraw.WITHDRAW]
    assert parse_id(found["Withdraw"]["value"]) == 1042
    assert lock_screen(MessageKind.SUBMITTED, details) == "Recorded: read on orders-prod, 2 h"


@pytest.mark.parametrize(
    ("details", "fate"),
    [
        (examples.granted(GrantState.PROVISIONING), "Approved"),
        (examples.granted(GrantState.ACTIVE), "Active"),
        (DENIED, "Denied"),
        (examples.decided(RequestState.LAPSED), "Lapsed"),
    ],
)
def test_submitted_loses_its_buttons_once_decided(details: RequestDetails, fate: str) -> None:
    assert shown(MessageKind.SUBMITTED, details)[0] == f"{fate}: R-1042, read on orders-prod, 2 h."
    assert buttons(MessageKind.SUBMITTED, details) == {}


def test_active_tells_how_to_connect_without_a_password() -> None:
    assert shown(MessageKind.ACTIVE, examples.granted(GrantState.ACTIVE)) == [
        "Active: read on orders-prod",
        f"Ends {date(at(135))}. {PRIYA_LINK} approved 2 h.",
        '```psql "host=db1 port=5432 dbname=orders user=jit_acme_maya_7f3a"```',
        "```postgresql://jit_acme_maya_7f3a@db1:5432/orders```",
        "Statements not captured: orders-prod does not log statements.",
    ]


def test_active_offers_credentials_and_an_early_end() -> None:
    found = buttons(MessageKind.ACTIVE, examples.granted(GrantState.ACTIVE))
    assert [e["action_id"] for e in found.values()] == [credentials.SHOW_CREDENTIALS, surrender.SURRENDER]
    assert found["Show credentials"]["style"] == "primary"
    assert found["I'm done"]["confirm"]["text"]["text"] == (
        "End read on orders-prod now? Open sessions are closed."
    )
    assert {e["value"] for e in found.values()} == {"7"}


def test_a_shown_password_is_only_replaced_after_a_question() -> None:
    details = examples.decided(
        RequestState.APPROVED,
        examples.review(),
        grant=examples.grant(GrantState.ACTIVE),
        credentials_shown=True,
    )
    found = buttons(MessageKind.ACTIVE, details)
    assert found["New password"]["action_id"] == credentials.SHOW_CREDENTIALS
    assert "confirm" in found["New password"]


def test_personal_login_has_no_credentials_to_show() -> None:
    personal = examples.request(
        examples.terms(login="personal", personal_login="maya"), state=RequestState.APPROVED
    )
    details = examples.details(request=personal, grant=examples.grant(GrantState.ACTIVE))
    assert list(buttons(MessageKind.ACTIVE, details)) == ["I'm done"]
    assert "Active: orders-prod confirmed role." in shown(MessageKind.THREAD_ACTIVE, details)[0]


@pytest.mark.parametrize("kind", [MessageKind.ACTIVE, MessageKind.REMINDER])
@pytest.mark.parametrize("state", [GrantState.REVOKING, GrantState.ENDED])
def test_older_messages_lose_their_buttons_and_do_not_say_active(
    kind: MessageKind, state: GrantState
) -> None:
    details = examples.granted(state)
    assert buttons(kind, details) == {}
    assert "Active" not in "".join(shown(kind, details))


@pytest.mark.parametrize(
    ("tz", "at_home"),
    [
        ("Europe/Berlin", "06:15"),
        ("America/New_York", "01:15"),
        ("Asia/Kolkata", "10:45"),
        ("Nowhere/X", "05:15 UTC"),
    ],
)
def test_lock_screen_has_the_holders_local_time(tz: str, at_home: str) -> None:
    people = examples.details().people | {examples.MAYA: examples.person(examples.MAYA, "Maya Lindqvist", tz)}
    details = examples.decided(
        RequestState.APPROVED, examples.review(), people=people, grant=examples.grant(GrantState.ACTIVE)
    )
    if tz == "America/New_York":
        at_home = f"10 Mar {at_home}"
    assert lock_screen(MessageKind.ACTIVE, details) == f"Active until {at_home}: read on orders-prod"


def test_reminder_says_how_long_is_left() -> None:
    details = examples.decided(
        RequestState.APPROVED,
        examples.review(),
        grant=examples.grant(GrantState.ACTIVE),
        now=at(120) + timedelta(seconds=3),
    )
    assert shown(MessageKind.REMINDER, details) == [f"15 min left: read on orders-prod ends {date(at(135))}."]
    assert lock_screen(MessageKind.REMINDER, details) == "15 min left: read on orders-prod ends 06:15"
    assert list(buttons(MessageKind.REMINDER, details)) == ["I'm done"]


@pytest.mark.parametrize(
    ("length", "says"), [(timedelta(minutes=4, seconds=10), "4 min"), (timedelta(seconds=40.7), "40 s")]
)
def test_reminder_says_how_long_a_write_is_open_and_what_becomes_of_it(length: timedelta, says: str) -> None:
    grant = examples.grant(GrantState.ACTIVE)
    details = examples.decided(RequestState.APPROVED, grant=grant, now=at(120), open_transaction_age=length)
    (said,) = shown(MessageKind.REMINDER, details)
    assert said.split("\n") == [
        f"15 min left: read on orders-prod ends {date(at(135))}.",
        f"A write transaction is open ({says}). Commit before {date(at(135))} or it is rolled back.",
    ]
    ended = examples.decided(
        RequestState.APPROVED,
        grant=examples.grant(GrantState.ENDED),
        now=at(140),
        open_transaction_age=length,
    )
    assert "write" not in str(shown(MessageKind.REMINDER, ended))


def test_denied_gives_the_reason_and_a_way_on() -> None:
    assert shown(MessageKind.DENIED, DENIED) == [
        f"Denied: read on orders-prod. {PRIYA_LINK}:\n&gt; Use orders-replica, same tables."
    ]
    assert lock_screen(MessageKind.DENIED, DENIED) == (
        "Denied by Priya Nair (priya): read on orders-prod. Use orders-replica, same tables."
    )
    again = buttons(MessageKind.DENIED, DENIED)["Change and resend"]
    assert (again["action_id"], again["value"]) == (direct_messages.ASK_AGAIN, "1042")


def test_lapsed_and_stale_say_why_and_offer_to_ask_again() -> None:
    lapsed, stale = examples.decided(RequestState.LAPSED), examples.decided(RequestState.STALE)
    assert shown(MessageKind.LAPSED, lapsed) == [
        f"Lapsed: not decided by {date(at(40))}. No access was granted."
    ]
    assert shown(MessageKind.STALE, stale) == [
        f"Stale: the policy changed {date(at(14))}; no rule allows R-1042 now."
    ]
    assert list(buttons(MessageKind.LAPSED, lapsed)) == ["Request again"]
    assert list(buttons(MessageKind.STALE, stale)) == ["Change"]
    assert lock_screen(MessageKind.LAPSED, lapsed) == "Lapsed without a decision: read on orders-prod"


def test_ended_has_the_receipt() -> None:
    details = examples.granted(GrantState.ENDED)
    assert shown(MessageKind.ENDED, details) == [
        "Ended: read on orders-prod",
        (
            f"Expired {date(at(135))}, verified {date(at(135))}.\n"
            "Receipt: role removed, login removed, 1 session closed, none left, no objects owned."
        ),
        "Not captured: orders-prod does not log statements. What ran is unknown.",
    ]
    assert list(buttons(MessageKind.ENDED, details)) == ["Request again"]
    assert lock_screen(MessageKind.ENDED, details) == "Ended: read on orders-prod"


def test_ended_counts_what_was_handed_to_the_durable_role() -> None:
    details = examples.granted(GrantState.ENDED, receipt=examples.receipt(handed_over=("shop.a", "shop.b")))
    assert "2 objects handed over" in shown(MessageKind.ENDED, details)[1]


def test_problem_says_that_the_time_has_not_started() -> None:
    details = examples.granted(GrantState.PROVISIONING, attempts=1, last_failure="unreachable")
    assert shown(MessageKind.PROBLEM, details) == [
        (
            ":warning: Not active yet: orders-prod does not answer. "
            f"Retrying until {date(at(74))}. Your 2 h have not started."
        )
    ]
    assert lock_screen(MessageKind.PROBLEM, details) == "Not active yet: orders-prod does not answer"


def test_problem_of_what_may_have_begun_is_tried_no_longer_than_until_its_end() -> None:
    details = examples.granted(GrantState.PROVISIONING, attempts=1, last_failure="55P03", expires_at=at(44))
    until = f"Retrying until {date(at(44))}. It ends {date(at(44))} at the latest."
    assert until in shown(MessageKind.PROBLEM, details)[0]


def test_problem_goes_away_once_the_grant_is_active() -> None:
    said = shown(MessageKind.PROBLEM, examples.granted(GrantState.ACTIVE))
    assert said == [f"Active: read on orders-prod. orders-prod confirmed it, ends {date(at(135))}."]


def test_never_active_says_that_nothing_is_left() -> None:
    details = examples.never_active()
    assert shown(MessageKind.NEVER_ACTIVE, details) == [
        (
            f"Never active: read on orders-prod. Verified {date(at(19))} on orders-prod: "
            "no role, no login, no sessions."
        )
    ]
    assert list(buttons(MessageKind.NEVER_ACTIVE, details)) == ["Request again"]
    assert shown(MessageKind.ENDED, details) == shown(MessageKind.NEVER_ACTIVE, details)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (
            examples.receipt(roles=(), objects_removed=("SELECT on shop.orders",)),
            "privileges removed, login",
        ),
        (examples.receipt(objects_removed=("SELECT on shop.orders",)), "role and privileges removed, login"),
    ],
)
def test_receipt_says_what_was_seen_of_objects(seen: Receipt, says: str) -> None:
    assert phrases.seen_on_target(seen).startswith(says)


def test_reminder_names_the_open_groups_and_counts_down_only_where_it_is_posted() -> None:
    groups = tuple(
        ReviewerGroup(name=name, sources=(SourceId(source),), count=1)
        for name, source in (("dba", "S0DBA"), ("owners", "S0OWNERS"))
    )
    asked = examples.request(examples.terms(approvals=(("dba", 1), ("owners", 1))))
    details = examples.details(request=asked, groups=groups)
    posted = render(MessageKind.THREAD_WAITING, details, first=True)
    until = f"still waiting, lapses {date(at(40))}."
    assert shown(MessageKind.THREAD_WAITING, details) == [f"dba and owners {until}"]
    assert "<!subteam^S0DBA> and <!subteam^S0OWNERS> still waiting" in str(posted["blocks"])
    assert posted["text"].startswith(
        "Still waiting, lapses in 30 min: Maya Lindqvist (maya), read on orders-prod"
    )
    half = examples.details(request=asked, groups=groups, reviews=(examples.review(),))
    assert shown(MessageKind.THREAD_WAITING, half) == [f"owners {until}"]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (StaleWhy.POLICY_CHANGED, "the policy changed {at}; R-1042 has to be requested again."),
        (StaleWhy.POLICY_FORBIDS, "the policy changed {at}; no rule allows R-1042 now."),
        (StaleWhy.OTHER_RULE, "another rule decides R-1042 since {at}; it has to be requested again."),
        (StaleWhy.NO_RULE, "no rule allows R-1042 since {at}."),
    ],
)
def test_stale_says_what_it_was(why: StaleWhy, said: str) -> None:
    details = examples.details(
        request=examples.request(state=RequestState.STALE, decided_at=at(14), stale_why=why)
    )
    assert shown(MessageKind.STALE, details) == [f"Stale: {said.format(at=date(at(14)))}"]
