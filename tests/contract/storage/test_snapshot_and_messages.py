"""People and groups, messages, credential views and drafts come back as they were given."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import IllegalTransition, NotFound
from dbaccess.domain.grant import GrantId
from dbaccess.domain.limits import DRAFTS
from dbaccess.domain.message import Lane, MessageKind, Refusal
from dbaccess.domain.people import CONFIRMED_AFTER, Person, SlackId, SourceId
from dbaccess.domain.request import RequestId
from dbaccess.domain.truncated_list import left_out
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory
from tests.integration.storage.facts import HOUR, T0, active, now, submitted

MAYA, TOM = SlackId("UMAYA"), SlackId("UTOM")
DBA, ONCALL = SourceId("S0DBA"), SourceId("C0ONCALL")


def person(slack_id: SlackId, **changes: object) -> Person:
    known = Person(
        slack_id=slack_id,
        team_id="T1",
        name="Maya Lindqvist",
        tz="Europe/Berlin",
        is_guest=False,
        is_bot=False,
        is_deactivated=False,
        sources=frozenset(),
        read_at=T0,
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # fields of Person, by name


def test_accounts_of_sources_are_listed_once_in_pages_by_id(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    named = SourceId("UNAMED")
    with worker() as uow:
        members = {DBA: frozenset({MAYA, TOM}), ONCALL: frozenset({MAYA})}
        uow.directory.replace_sources(members, read_at=T0)
        uow.directory.replace_sources({DBA: frozenset({TOM}), ONCALL: frozenset({MAYA})}, read_at=T0 + HOUR)
        uow.commit()
    with bot() as uow:
        every = uow.directory.listed({DBA, ONCALL, named}, after=None, limit=9)
        assert every == [MAYA, SlackId(named), TOM]
        assert uow.directory.listed({DBA, ONCALL, named}, after=MAYA, limit=1) == [SlackId(named)]
        assert uow.directory.listed({DBA}, after=None, limit=9) == [TOM]
        assert uow.directory.listed(set(), after=None, limit=9) == []


def test_snapshot_lists_exactly_the_sources_it_was_given(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    with worker() as uow:
        assert uow.directory.read_at() is None
        uow.directory.put_people([person(TOM), person(MAYA, is_guest=True)])
        uow.directory.replace_sources({DBA: frozenset({MAYA, TOM}), ONCALL: frozenset({MAYA})}, read_at=T0)
        uow.commit()
    with bot() as uow:
        assert uow.directory.read_at() == T0
        assert uow.directory.person(MAYA) == person(MAYA, is_guest=True, sources=frozenset({DBA, ONCALL}))
        assert uow.directory.people([TOM, SlackId("UNOBODY")]) == {TOM: person(TOM, sources=frozenset({DBA}))}
        assert uow.directory.person(SlackId("UNOBODY")) is None
        assert uow.directory.people([]) == {}
    with worker() as uow:
        uow.directory.replace_sources({DBA: frozenset({TOM})}, read_at=T0 + HOUR)
        assert uow.directory.people([MAYA, TOM]) == {
            MAYA: person(MAYA, is_guest=True, missing=frozenset({DBA})),
            TOM: person(TOM, sources=frozenset({DBA})),
        }
        uow.directory.replace_sources({ONCALL: frozenset()}, read_at=T0 + 2 * HOUR, keep_others=True)
        assert uow.directory.oldest_reading([DBA, ONCALL, SourceId("S0GONE")]) == T0 + HOUR
        assert uow.directory.oldest_reading([ONCALL]) == T0 + 2 * HOUR
        assert uow.directory.oldest_reading([]) is None
        uow.directory.replace_sources({}, read_at=T0 + 2 * HOUR)
        assert uow.directory.person(TOM) == person(TOM)


def test_reviewers_are_listed_and_fit_as_far_as_is_known(worker: UnitOfWorkFactory) -> None:
    away, guest, robot, other, unread, named = map(
        SlackId, ("UAWAY", "UGUEST", "UBOT", "UOTHER", "UNEW", "UNAMED")
    )
    with worker() as uow:
        unfit = [
            person(away, is_deactivated=True),
            person(guest, is_guest=True),
            person(robot, is_bot=True),
            person(other, team_id="T2"),
        ]
        uow.directory.put_people([person(TOM), person(MAYA), *unfit])
        listed = frozenset({MAYA, TOM, away, guest, robot, other, unread})
        uow.directory.replace_sources({DBA: listed, ONCALL: frozenset()}, read_at=T0)

        def found(*sources: str, but: tuple[SlackId, ...] = (), limit: int = 9) -> list[SlackId]:
            return uow.directory.reviewers(
                [SourceId(source) for source in sources], team_id="T1", but=but, limit=limit
            )

        assert found(DBA) == sorted([MAYA, TOM, unread])
        assert found(DBA, limit=1) == sorted([MAYA, TOM, unread])[:1]
        assert found(DBA, ONCALL, named, but=(MAYA,)) == sorted([TOM, unread, named])
        assert found(ONCALL) == [] == found()
        uow.directory.replace_sources({DBA: frozenset({TOM})}, read_at=T0 + HOUR)
        assert found(DBA) == [TOM], "who is missing does not count"


def _read(worker: UnitOfWorkFactory, seconds: float, *members: SlackId) -> bool:
    with worker() as uow:
        taken = uow.directory.replace_sources(
            {DBA: frozenset(members)}, read_at=T0 + timedelta(seconds=seconds)
        )
        uow.commit()
    return taken


def _of_tom(worker: UnitOfWorkFactory) -> tuple[frozenset[SourceId], frozenset[SourceId]]:
    with worker() as uow:
        tom = uow.directory.person(TOM)
        assert tom is not None
        assert uow.directory.listing([TOM, SlackId("UNOBODY")]) == tom.sources | tom.missing
    return tom.sources, tom.missing


def test_member_is_missing_at_first_and_gone_when_a_later_reading_says_so_again(
    worker: UnitOfWorkFactory,
) -> None:
    listed, nothing = frozenset({DBA}), frozenset[SourceId]()
    with worker() as uow:
        uow.directory.put_people([person(TOM)])
        uow.commit()
    _read(worker, 0, TOM, MAYA)
    assert _of_tom(worker) == (listed, nothing)
    assert _read(worker, 30, MAYA)
    assert _of_tom(worker) == (nothing, listed)
    assert _read(worker, 30 + CONFIRMED_AFTER.total_seconds() - 0.1, MAYA)
    assert _of_tom(worker) == (nothing, listed), "too soon to be another reading"
    _read(worker, 60, TOM, MAYA)
    assert _of_tom(worker) == (listed, nothing)
    _read(worker, 90)
    assert _of_tom(worker) == (nothing, listed), "what was missing before and came back does not count"
    _read(worker, 90 + CONFIRMED_AFTER.total_seconds())
    assert _of_tom(worker) == (nothing, nothing)
    assert _read(worker, 150, TOM)
    assert _of_tom(worker) == (listed, nothing)


def test_older_answer_of_slack_does_not_replace_a_newer_one(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        uow.directory.replace_sources({DBA: frozenset()}, read_at=T0 + HOUR)
        uow.directory.replace_sources({DBA: frozenset({MAYA})}, read_at=T0)
        uow.directory.put_people([person(MAYA, is_deactivated=True, read_at=T0 + HOUR)])
        uow.directory.put_people([person(MAYA)])
        assert uow.directory.read_at() == T0 + HOUR
        assert uow.directory.person(MAYA) == person(MAYA, is_deactivated=True, read_at=T0 + HOUR)


def test_members_never_read_come_before_those_read_long_ago(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        listed = frozenset(SlackId(f"U{n}") for n in range(4))
        uow.directory.replace_sources({DBA: listed, ONCALL: listed}, read_at=T0)
        uow.directory.put_people([person(SlackId("U0"), read_at=T0 + HOUR), person(SlackId("U1"))])
        uow.directory.put_people([person(SlackId("UELSEWHERE"))])
        assert uow.directory.never_read(map(SlackId, ("U1", "U2", "U9"))) == {"U2", "U9"}
        assert uow.directory.stale_people(before=T0 + HOUR, limit=9) == ["U2", "U3", "U1"]
        assert uow.directory.stale_people(before=T0 + HOUR, limit=1) == ["U2"]
        assert uow.directory.stale_people(before=T0, limit=9) == ["U2", "U3"]


def test_list_is_wanted_once_and_read_on_from_where_it_stopped(worker: UnitOfWorkFactory) -> None:
    with worker() as uow:
        directory = uow.directory
        directory.replace_sources({DBA: frozenset({MAYA})}, read_at=T0)
        assert directory.members() == {MAYA}
        assert directory.list_cursor() is None
        directory.want_list(begun_before=T0, now=T0)
        assert directory.list_cursor() == ""
        directory.list_read_to("more")
        directory.want_list(begun_before=T0 + HOUR, now=T0 + HOUR)
        assert directory.list_cursor() == "more", "it is being read"
        directory.list_read_to(None)
        directory.want_list(begun_before=T0, now=T0 + HOUR)
        assert directory.list_cursor() is None, "it was begun since"
        directory.want_list(begun_before=T0 + HOUR, now=T0 + HOUR)
        assert directory.list_cursor() == ""


def test_message_is_planned_once_by_the_bot_and_posted_by_the_worker(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    asked = submitted(bot).id
    with bot() as uow:
        uow.messages.plan(asked, MessageKind.REQUEST, channel="C0APPROVALS")
        uow.messages.plan(asked, MessageKind.SUBMITTED, channel=MAYA)
        uow.messages.plan(asked, MessageKind.REQUEST, channel="C0ELSEWHERE")
        uow.messages.touch_all([asked], next_attempt_at=uow.now)
        uow.commit()
        touched = uow.now
    with worker() as uow:
        assert uow.messages.due(touched - HOUR, limit=9) == []
        assert _due(uow, touched) == [(asked, Lane.CHANNEL), (asked, Lane.DIRECT)]
        first, second = uow.messages.of(asked)
        assert (first.kind, first.channel, second.channel) == (MessageKind.REQUEST, "C0APPROVALS", MAYA)
        posted = replace(
            uow.messages.lock(first.id),
            posted_channel="C1",
            posted_ts="1.2",
            rendered="h",
            posted_at=T0,
            attempts=2,
        )
        uow.messages.save(posted)
        assert uow.messages.of(asked) == [posted, second]
        with pytest.raises(NotFound):
            uow.messages.lock(type(first.id)(0))


def _due(uow: UnitOfWork, at: datetime, **among: Any) -> list[tuple[RequestId, Lane]]:
    return [(stream.request_id, stream.lane) for stream in uow.messages.due(at, limit=9, **among)]


def _planned(bot: UnitOfWorkFactory) -> RequestId:
    """A request with a message in its channel and one to its requester."""
    asked = submitted(bot).id
    with bot() as uow:
        uow.messages.plan(asked, MessageKind.REQUEST, channel="C0APPROVALS")
        uow.messages.plan(asked, MessageKind.SUBMITTED, channel=MAYA)
        uow.messages.touch_all([asked], next_attempt_at=uow.now)
        uow.commit()
    return asked


def test_messages_are_settled_only_if_not_touched_since(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    asked, at = _planned(bot), now() + HOUR
    lane = Lane.DIRECT
    with worker() as uow:
        uow.messages.lease(asked, lane, until=at)
        uow.commit()
    with bot() as uow:
        uow.messages.touch_all([asked], next_attempt_at=uow.now)
        uow.commit()
    with worker() as uow:
        uow.messages.settle(asked, lane, leased_until=at)
        assert (asked, lane) in _due(uow, uow.now)
        uow.messages.lease(asked, lane, until=at)
        uow.messages.settle(asked, lane, leased_until=at)
        assert _due(uow, at) == [(asked, Lane.CHANNEL)]


def test_each_lane_of_a_request_waits_alone(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    asked, at = _planned(bot), now() + HOUR
    with worker() as uow:
        uow.messages.lease(asked, Lane.CHANNEL, until=at)
        assert _due(uow, at - HOUR / 2) == [(asked, Lane.DIRECT)]
        assert _due(uow, at, lanes=[Lane.CHANNEL]) == [(asked, Lane.CHANNEL)]
        assert _due(uow, at, without_targets=["orders-prod"]) == [(asked, Lane.DIRECT)]
        assert _due(uow, at, without_people=[MAYA]) == [(asked, Lane.CHANNEL)]
        assert _due(uow, at, to_post=[MessageKind.SUBMITTED]) == [(asked, Lane.DIRECT)]
        uow.messages.touch_all([asked], next_attempt_at=at + HOUR, lanes=[Lane.DIRECT])
        assert _due(uow, at) == [(asked, Lane.CHANNEL)]
        (stream,) = uow.messages.due(at, limit=9)
        assert (stream.target, stream.requester) == ("orders-prod", MAYA)


def test_refusal_is_kept_with_its_channel_until_slack_takes_the_message(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    asked = _planned(bot)
    refusal = Refusal(code="is_archived", channel="C0APPROVALS", since=T0)
    with worker() as uow:
        message, _ = uow.messages.of(asked)
        uow.messages.save(replace(message, refusal=refusal))
        assert uow.messages.refusals_of([asked]) == {asked: refusal}
        assert uow.messages.refusals_of([]) == {}
        for channel in ("C0APPROVALS", None):
            assert [one.refusal for one in uow.messages.refused(channel=channel, limit=9)] == [refusal]
        assert uow.messages.refused(channel="C0OPS", limit=9) == ()
        assert left_out(uow.messages.refused(limit=0)) == 1
        assert uow.messages.last_refusal("C0APPROVALS") == refusal
        assert uow.messages.last_refusal("C0OPS") is None
        uow.messages.save(
            replace(message, refusal=refusal, posted_channel="C0APPROVALS", posted_at=T0 + HOUR)
        )
        assert uow.messages.last_refusal("C0APPROVALS") is None
        uow.messages.save(message)
        assert uow.messages.refusals_of([asked]) == {}


def view(grant_id: GrantId, **changes: object) -> CredentialView:
    asked = CredentialView(
        id=CredentialViewId(0),
        grant_id=grant_id,
        slack_id=MAYA,
        view_id="V1",
        state=CredentialState.REQUESTED,
        requested_at=now(),
    )
    return replace(asked, **changes)  # type: ignore[arg-type]  # fields of CredentialView, by name


def test_credential_view_goes_from_asked_to_shown_and_not_back(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory
) -> None:
    at = now()
    grant_id = active(bot, worker, expires_at=at + HOUR).id
    with bot() as uow:
        asked = uow.credential_views.add(view(grant_id, requested_at=at))
        assert uow.credential_views.shown_before(grant_id) is None
        assert uow.credential_views.waiting(at, started_before=at, limit=9) == [asked.id]
        assert uow.credential_views.waiting(at, started_before=at, limit=0) == []
        assert uow.credential_views.waiting(at + timedelta(seconds=1), started_before=at, limit=9) == []
        uow.commit()
    with worker() as uow:
        assert uow.credential_views.lock(asked.id) == asked
        started = replace(asked, state=CredentialState.STARTED, started_at=at + HOUR)
        uow.credential_views.save(started)
        assert uow.credential_views.lock(asked.id) == started
        assert (
            uow.credential_views.waiting(at, started_before=at + HOUR - timedelta(seconds=1), limit=9) == []
        )
        assert uow.credential_views.waiting(at, started_before=at + HOUR, limit=9) == [asked.id]
        shown = replace(started, state=CredentialState.SHOWN, shown_at=at + HOUR)
        uow.credential_views.save(shown)
        assert uow.credential_views.waiting(at, started_before=at + HOUR, limit=9) == []
        assert uow.credential_views.lock(asked.id) == shown
        assert uow.credential_views.shown_before(grant_id) == at + HOUR
        with pytest.raises(NotFound):
            uow.credential_views.lock(CredentialViewId(0))
        with pytest.raises(IllegalTransition):
            uow.credential_views.save(asked)


def test_views_of_one_grant_know_of_each_other(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> None:
    at = now()
    grant_id = active(bot, worker, expires_at=at + HOUR).id
    with bot() as uow:
        one, two, three = (
            uow.credential_views.add(view(grant_id, view_id=name, requested_at=at))
            for name in ("1", "2", "3")
        )
        assert uow.credential_views.asked_since(grant_id, at) == 3
        assert uow.credential_views.asked_since(grant_id, at + HOUR) == 0
        uow.commit()
    with worker() as uow:
        views = uow.credential_views
        started = [replace(first, state=CredentialState.STARTED, started_at=at) for first in (one, two)]
        for taken_up in started:
            views.save(taken_up)
        assert views.taken_up_after(one) == [started[1]]
        assert views.taken_up_after(two) == []
        assert views.earlier(three, limit=9) == started[::-1]
        assert views.earlier(three, limit=1) == [started[1]]
        assert views.earlier(one, limit=9) == []


@pytest.mark.parametrize(
    "said", [{"state": CredentialState.SHOWN, "shown_at": T0}, {"shown_at": T0}, {"started_at": T0}]
)
def test_bot_cannot_say_that_a_password_was_shown_or_is_made(
    bot: UnitOfWorkFactory, worker: UnitOfWorkFactory, said: dict[str, object]
) -> None:
    grant_id = active(bot, worker, expires_at=T0 + HOUR).id
    with bot() as uow, pytest.raises(IllegalTransition):
        uow.credential_views.add(view(grant_id, **said))


def test_draft_is_given_back_to_who_typed_it_only(bot: UnitOfWorkFactory) -> None:
    typed = {"target": "orders-prod", "reason": 'Zoë "quoted" \\'}
    with bot() as uow:
        draft_id = uow.drafts.add(MAYA, typed)
        assert uow.drafts.get(draft_id, MAYA) == typed
        for number, slack_id in ((draft_id, TOM), (draft_id + 1, MAYA)):
            with pytest.raises(NotFound):
                uow.drafts.get(number, slack_id)


def test_of_each_person_only_the_newest_drafts_are_kept(bot: UnitOfWorkFactory) -> None:
    with bot() as uow:
        toms = uow.drafts.add(TOM, {"reason": "mine"})
        added = [uow.drafts.add(MAYA, {"reason": str(number)}) for number in range(DRAFTS + 2)]
        for gone in added[:2]:
            with pytest.raises(NotFound):
                uow.drafts.get(gone, MAYA)
        kept = [uow.drafts.get(draft_id, MAYA)["reason"] for draft_id in added[2:]]
        assert kept == [str(number) for number in range(2, DRAFTS + 2)]
        assert uow.drafts.get(toms, TOM) == {"reason": "mine"}
