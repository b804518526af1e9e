"""Notices in a channel that belong to no grant, word by word."""

from typing import Any

import pytest

from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.slack.views.channel_notice import render
from tests.unit.slack.limits import faults_of_message, texts_of

NASTY = "<!channel> *x* `y` <@U0MAYA>\u202e & <https://evil.example|click>"


def said(kind: NoticeKind, **data: Any) -> tuple[str, list[str]]:
    notice = Notice(id=NoticeId(1), key="k", kind=kind, channel="C0APPROVALS", data=data)
    payload = render(notice)
    assert faults_of_message(payload) == []
    return payload["text"], [text["text"] for text in texts_of(payload["blocks"])]


@pytest.mark.parametrize(
    ("joined", "left", "says"),
    [
        (["Sam Okafor"], ["Lena Fox"], "dba changed: Sam Okafor joined; Lena Fox left."),
        (["Sam Okafor", "Tom Berg"], [], "dba changed: Sam Okafor, Tom Berg joined."),
        ([], ["Lena Fox"], "dba changed: Lena Fox left."),
    ],
)
def test_change_of_a_group_is_one_quiet_line(joined: list[str], left: list[str], says: str) -> None:
    text, blocks = said(NoticeKind.GROUP_CHANGED, group="dba", joined=joined, left=left)
    assert (text, blocks) == (says, [says])


def test_many_names_are_cut_to_twenty() -> None:
    names = [f"Person {number:03}" for number in range(500)]
    text, _ = said(NoticeKind.GROUP_CHANGED, group="dba", joined=names, left=[])
    assert text.endswith("Person 019 and 480 more joined.")


def test_names_can_neither_ping_nor_format() -> None:
    text, blocks = said(NoticeKind.GROUP_CHANGED, group="dba", joined=[NASTY], left=[])
    for shown in (text, *blocks):
        assert "<" not in shown
        assert "`" not in shown
        assert "\u202e" not in shown


def test_refused_configuration_says_where_what_and_that_the_old_one_stays() -> None:
    why = 'dbaccess.toml:26: targets.orders-prod.cluster: no cluster "mian". Nearest: main.'
    text, blocks = said(NoticeKind.POLICY_REFUSED, host="worker-1", why=why, hash="b" * 64)
    first, *read_out = text.split("\n")
    assert first == "Configuration refused on worker-1. The previous policy stays in force."
    assert read_out == blocks
    assert blocks[0] == ":warning: Configuration refused on worker-1"
    assert why in blocks


def test_login_that_cannot_be_removed_says_where_and_what_to_do() -> None:
    text, blocks = said(
        NoticeKind.STRAY_LEFT, cluster="main", login="jit_acme_maya_7f3a", code="owns_objects"
    )
    title = "Problem: login jit_acme_maya_7f3a on main belongs to no grant"
    assert text.startswith(
        f"{title}\nNo open grant accounts for it, and it could not be removed: "
        "the login owns objects on main that cannot be handed over (owns_objects)."
    )
    assert blocks[0] == f":warning: {title}"
    assert "*Assume it is open:* look for its sessions on the cluster, and fix the cause" in blocks[1]
    assert "`sweep main` in the workers' log" in blocks[2]


@pytest.mark.parametrize("why", [NASTY, "x" * 100_000, "line\n" * 3000, ""])
def test_any_mistake_in_a_file_gives_a_message_that_slack_takes(why: str) -> None:
    said(NoticeKind.POLICY_REFUSED, host=NASTY * 10, why=why, hash="b" * 64)


def test_orphaned_role_says_whether_it_was_taken() -> None:
    taken, blocks = said(NoticeKind.ORPHANED_ROLE, cluster="main", login="maya", roles="orders_read", code="")
    assert taken.startswith("maya on main held orders_read, which no open grant gives\nIt is revoked")
    assert blocks[0] == ":warning: maya on main held orders_read, which no open grant gives"
    left, _ = said(
        NoticeKind.ORPHANED_ROLE, cluster="main", login="maya", roles="orders_read", code="sessions_left"
    )
    assert left.startswith("Problem: maya on main held orders_read")
    assert (
        "It could not be revoked: a session on main does not end (sessions_left). Assume it is open." in left
    )


def test_review_that_may_be_forged_says_why_and_what_to_do() -> None:
    text, blocks = said(
        NoticeKind.DOUBTFUL_REVIEW,
        request="R-1042",
        target="orders-prod",
        reviewer="priya",
        account="U0TOM",
        group="dba",
        doubts=["other_person", "not_in_group"],
    )
    title = "Problem: the break-glass review of R-1042 may be forged"
    assert text.startswith(f"{title}\n")
    assert blocks[0] == f":warning: {title}"
    assert blocks[1] == (
        "orders-prod: reviewed in the name of priya. The worker cannot confirm it: the account U0TOM is not "
        "that of priya; U0TOM is not known in dba.\nAsk the person named and the group whether they reviewed "
        "it. If not, a bot or its database login is in other hands."
    )


def test_names_of_a_forged_review_can_neither_ping_nor_format() -> None:
    names = dict.fromkeys(("request", "target", "reviewer", "account", "group"), NASTY)
    text, blocks = said(
        NoticeKind.DOUBTFUL_REVIEW, doubts=["other_person", "holder", "not_in_group"], **names
    )
    for shown in (text, *blocks[1:]):
        assert "<" not in shown
        assert "`" not in shown


def test_decoy_and_observe_mode_say_what_to_do() -> None:
    decoy, _ = said(NoticeKind.DECOY, cluster="main", login="jit_acme_x")
    assert decoy.startswith("jit_acme_x on main has the mark of dbaccess, which did not create it\n")
    observing, _ = said(NoticeKind.OBSERVING, cluster="main", why="The ledger is behind.")
    first, second, *_ = observing.split("\n")
    assert first == "Observe mode: the control database is older than main"
    assert second.startswith("The ledger is behind. Nothing is granted")
    assert observing.endswith("dbaccess grants adopt --unknown --cluster main")


@pytest.mark.parametrize("kind", [NoticeKind.ORPHANED_ROLE, NoticeKind.DECOY, NoticeKind.OBSERVING])
def test_names_of_a_cluster_can_neither_ping_nor_format(kind: NoticeKind) -> None:
    text, blocks = said(kind, cluster=NASTY, login=NASTY, roles=NASTY, code=NASTY, why=NASTY)
    for shown in (text, *blocks[1:]):  # the first is a header, which Slack shows as it is
        assert "<" not in shown


def test_many_ends_are_one_line_that_says_where_the_receipts_are() -> None:
    due_at = "2026-03-10T05:15:00+00:00"
    text, blocks = said(NoticeKind.ENDED, target="orders-prod", cause="locked_down", count=214, due_at=due_at)
    receipts = "Receipts: `dbaccess grants list --state ended`"
    at = "<!date^1773119700^{date_short_pretty}, {time}|05:15 UTC>"
    assert blocks == [f"Ended: 214 grants on orders-prod, locked down {at}. {receipts}"]
    assert text == (
        "Ended: 214 grants on orders-prod, locked down 05:15 UTC. "
        "Receipts: dbaccess grants list --state ended"
    )
