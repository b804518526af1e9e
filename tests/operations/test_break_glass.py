"""Break-glass: access comes first, with an announcement, and another person reviews it afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyOpen,
    BadReason,
    DuplicateRequest,
    NotAllowed,
    ReviewPending,
    TooLong,
)
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.slack.views.break_glass import REVIEW_BREAK_GLASS
from dbaccess.slack.views.request_message import REVOKE
from sandbox.client import Message, plain
from tests.operations.break_glass import Heard, close_review, granted, invoke, review_of
from tests.operations.channel_messages import CHANNEL
from tests.operations.edited_policies import edit, with_groups
from tests.operations.house import MAYA, OPS, PRIYA, SECOND_MAYA, TOM, House, later
from tests.operations.lockdowns import OLGA, with_operators


def test_break_glass_asks_for_no_approval_and_opens_a_review(glass: House) -> None:
    request = invoke(glass)
    assert (request.state, request.terms.break_glass, request.terms.approvals) == ("approved", True, ())
    pending = review_of(glass, request)
    assert (pending.state, pending.review_by, pending.verdict) == ("pending", "dba", None)
    assert pending.due_at == request.submitted_at + timedelta(hours=24)
    assert granted(glass, request).state == "provisioning"
    assert [e["kind"] for e in glass.ledger() if e["request"] == request.id] == [
        "request.submitted",
        "request.break_glass_invoked",
        "grant.created",
        "break_glass.review_opened",
    ]
    (opened,) = glass.ledger("break_glass.review_opened")
    assert opened["data"] == {"review_by": "dba", "due": pending.due_at.isoformat()}
    (event,) = glass.ledger("request.break_glass_invoked")
    assert event["actor"] == request.requester


def test_access_begins_once_the_channel_was_told(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "active"
    (event,) = glass.ledger("break_glass.announced")
    assert event["data"] == {"where": "slack"}
    kinds = glass.kinds()
    assert kinds.index("break_glass.announced") < kinds.index("grant.provision_started")
    told = glass.slack.person("U0PRIYA").messages("C0APPROVALS")
    assert any(
        "Break-glass: Maya Lindqvist (maya), write on orders-prod, 30 min" in str(m.blocks) for m in told
    )


def test_slack_is_silent_and_no_sink_is_named_so_nothing_is_given(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.slack.fault("chat.postMessage", "500", times=50)
    provision(glass.context, grant.id)
    waiting = glass.grant(grant.id)
    assert (waiting.state, waiting.last_failure, waiting.recipe) == ("provisioning", "unannounced", None)
    assert glass.made_logins() == []
    assert glass.ledger("break_glass.announced", "grant.provision_started") == []
    for _ in range(7):
        glass.next_try_now(grant.id)
        provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "provisioning", "it waits, and is not given up"
    glass.slack.clear_faults()
    glass.next_try_now(grant.id)
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "active"


def test_operators_are_told_where_the_channel_takes_no_message(glass: House) -> None:
    with_operators(glass)
    glass.slack.archive(CHANNEL)
    grant = granted(glass, invoke(glass))
    heard = Heard()
    provision(replace(glass.context, sink=heard), grant.id)
    assert glass.grant(grant.id).state == "active"
    assert heard.texts == []
    (event,) = glass.ledger("break_glass.announced")
    assert event["data"] == {"where": "operators"}
    (told,) = [one for one in glass.slack.person(OLGA).messages(OPS) if "Break-glass:" in plain(one)]
    assert f"<@{OLGA}>" in str(told.blocks)
    assert "the channel is archived" in plain(told)
    glass.notify(grant.request_id)
    assert {REVOKE, REVIEW_BREAK_GLASS} == {button.action_id for button in _again(glass, told).buttons()}
    close_review(glass, review_of(glass, glass.request(grant.request_id)))
    glass.notify(grant.request_id)
    assert "Reviewed by" in plain(_again(glass, told))
    glass.slack.set_channel(CHANNEL, is_archived=False)
    glass.notify(grant.request_id)
    assert any("Break-glass:" in plain(one) for one in glass.slack.person(PRIYA).messages(CHANNEL))
    assert len(glass.ledger("break_glass.announced")) == 1


def _again(glass: House, told: Message) -> Message:
    return next(one for one in glass.slack.person(OLGA).messages(OPS) if one.ts == told.ts)


def test_operators_channel_that_is_the_targets_own_is_no_second_place(glass: House) -> None:
    edit(glass, replace(glass.policy, ops_channel=CHANNEL))
    glass.slack.archive(CHANNEL)
    grant = granted(glass, invoke(glass))
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).last_failure == "unannounced"
    assert "ops.break_glass" not in glass.planned(grant.request_id)


def test_slack_is_silent_and_the_second_sink_was_told_instead(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.slack.fault("chat.postMessage", "500", times=50)
    heard = Heard()
    provision(replace(glass.context, sink=heard), grant.id)
    assert glass.grant(grant.id).state == "active"
    assert heard.texts == [
        (
            "Break-glass: Maya Lindqvist (maya), write on orders-prod, 30 min. No approval was asked. "
            "R-1001: Payments down, INC-881"
        )
    ]
    (event,) = glass.ledger("break_glass.announced")
    assert event["data"] == {"where": "syslog"}
    glass.slack.clear_faults()
    glass.notify(grant.request_id)
    assert any("Break-glass" in str(m.blocks) for m in glass.slack.person("U0PRIYA").messages("C0APPROVALS"))


def test_second_sink_gets_one_line_without_a_mention(glass: House) -> None:
    """A web hook of a chat would ping everybody."""
    grant = granted(glass, invoke(glass, reason="Payments <!channel>\ndown \u202eINC-881"))
    glass.slack.fault("chat.postMessage", "500", times=50)
    heard = Heard()
    provision(replace(glass.context, sink=heard), grant.id)
    (text,) = heard.texts
    assert text.endswith("R-1001: Payments \u2039!channel\u203a down INC-881")


def test_second_sink_that_takes_nothing_is_no_announcement(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.slack.fault("chat.postMessage", "500", times=50)
    provision(replace(glass.context, sink=Heard(takes=False)), grant.id)
    assert glass.grant(grant.id).state == "provisioning"
    assert glass.made_logins() == []


def test_second_sink_hears_nothing_while_slack_takes_it(glass: House) -> None:
    heard = Heard()
    provision(replace(glass.context, sink=heard), granted(glass, invoke(glass)).id)
    assert heard.texts == []


def test_break_glass_not_announced_for_an_hour_is_abandoned(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    glass.slack.fault("chat.postMessage", "500", times=50)
    context = replace(glass.context, begin=later(glass, minutes=61))
    provision(context, grant.id)
    assert glass.grant(grant.id).state == "revoking"
    drain(context, "main")
    assert glass.grant(grant.id).state == "ended"
    assert glass.made_logins() == []


def test_one_open_debt_a_person(glass: House) -> None:
    request = invoke(glass)
    with pytest.raises(ReviewPending, match=request.label):
        invoke(glass, role="read")
    assert invoke(glass, TOM, role="read").state == "approved"
    close_review(glass, review_of(glass, request))
    assert invoke(glass, role="read").state == "approved"


def test_accounts_joined_to_one_person_owe_together(glass: House) -> None:
    joined = glass.policy
    edit(glass, replace(joined, aliases={}))
    invoke(glass, MAYA)
    edit(glass, with_groups(joined, engineers=["U0MAYA", "W0MAYA"]))
    with pytest.raises(ReviewPending):
        invoke(glass, SECOND_MAYA, role="read")


def test_break_glass_takes_the_place_of_what_waits_and_a_late_approval_loses(glass: House) -> None:
    waiting, other = glass.submit(role="write"), glass.submit(role="read")
    assert invoke(glass).state == "approved"
    assert (glass.request(waiting.id).state, glass.request(other.id).state) == ("withdrawn", "pending")
    (withdrawn,) = glass.ledger("request.withdrawn")
    assert (withdrawn["request"], withdrawn["actor"]) == (waiting.id, waiting.requester)
    with pytest.raises(AlreadyDecided, match="already withdrawn"):
        glass.review(waiting, PRIYA)


def test_refused_break_glass_withdraws_nothing(glass: House) -> None:
    waiting = glass.submit(role="write")
    with pytest.raises(BadReason):
        invoke(glass, reason="short")
    invoke(glass, role="migrate")
    with pytest.raises(ReviewPending):
        invoke(glass)
    assert glass.request(waiting.id).state == "pending"


def test_break_glass_for_a_held_role_is_refused(glass: House) -> None:
    held = glass.active(role="read")
    with pytest.raises(AlreadyOpen, match=held.label):
        invoke(glass, role="read")


def test_pending_review_allows_normal_requests(glass: House) -> None:
    request = invoke(glass)
    grant = granted(glass, request)
    with pytest.raises(AlreadyOpen, match=grant.label):
        glass.submit(role="write")
    provision(glass.context, grant.id)
    glass.surrender(grant)
    drain(glass.context, "main")
    assert glass.submit(role="write").state == "pending"


def test_rule_for_others_and_too_long_are_refused(glass: House) -> None:
    with pytest.raises(NotAllowed, match="by break-glass"):
        invoke(glass, PRIYA)
    with pytest.raises(TooLong, match="maximum of 30 min"):
        invoke(glass, seconds=1801)
    assert glass.ledger("request.submitted") == []


def test_usual_rules_break_no_glass(house: House) -> None:
    with pytest.raises(NotAllowed):
        invoke(house)


def test_usual_request_is_never_decided_by_a_break_glass_rule(glass: House) -> None:
    assert glass.submit(role="read", break_glass=True).state == "pending"


def test_same_payload_breaks_one_glass(glass: House) -> None:
    invoke(glass, key="twice")
    with pytest.raises(DuplicateRequest):
        invoke(glass, key="twice")


def test_worker_whose_policy_has_no_such_rule_gives_nothing(glass: House) -> None:
    grant = granted(glass, invoke(glass))
    other = replace(glass.policy, rules=tuple(r for r in glass.policy.rules if r.break_glass is None))
    provision(replace(glass.context, policy=other), grant.id)
    ended = glass.grant(grant.id)
    assert (ended.state, ended.end_cause) == ("revoking", "invalidated")
    assert glass.made_logins() == []


def test_schema_change_without_approval_is_possible_so_and_only_so(glass: House) -> None:
    grant = granted(glass, invoke(glass, role="migrate"))
    provision(glass.context, grant.id)
    assert glass.grant(grant.id).state == "active"


class _Meanwhile(Heard):
    """A sink that is still answering when another worker comes to the same grant."""

    def __init__(self, other: Callable[[], None]) -> None:
        super().__init__()
        self.other = other

    def take(self, text: str) -> None:
        super().take(text)
        self.other()


def test_two_workers_at_once_tell_the_second_sink_once_and_delay_nothing(glass: House) -> None:
    glass.slack.fault("chat.postMessage", "500", times=50)
    grant = granted(glass, invoke(glass))
    heard = _Meanwhile(lambda: provision(context, grant.id))
    context = replace(glass.context, sink=heard)
    provision(context, grant.id)
    assert len(heard.texts) == 1
    assert glass.grant(grant.id).state == "active", "the other one has put nothing off"
    assert len(glass.ledger("break_glass.announced")) == 1
