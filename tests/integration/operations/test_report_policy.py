"""Which policy each process goes by, and its text in the ledger."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.notice import NoticeId
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import hash_of, policy_content
from dbaccess.domain.policy_report import Process, versions
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.report_policy import report_policy
from sandbox.client import plain
from tests.integration.operations.house import House
from tests.operations.edited import edit, with_rule
from tests.operations.house import OPS, at_once

BOT = Process(name="bot", host="one", pid=1)
NOTIFY = Process(name="notify", host="two", pid=2)
TARGETS = Process(name="targets", host="two", pid=3)
WHY = 'dbaccess.toml:26: targets.orders-prod.cluster: no cluster "mian". Nearest: main.'


def _other(policy: Policy, channel: str = "C0OTHER") -> Policy:
    other = replace(policy, ops_channel=channel)
    return replace(other, hash=hash_of(other))


def _say(house: House, who: Process, policy: Policy | None = None, refused: str | None = None) -> None:
    begin = house.begin if who is BOT else house.work
    report_policy(begin, policy=policy or house.policy, process=who, refused=refused)


def test_text_of_a_version_is_in_the_ledger_once_for_each_who_may_say_so(house: House) -> None:
    for _ in range(2):
        for who in (BOT, NOTIFY, TARGETS):
            _say(house, who)
    loaded = house.ledger("policy.loaded")
    assert [event["actor"] for event in loaded] == ["bot@one", "worker@two"]
    for event in loaded:
        assert hashlib.sha256(canonical_bytes(event["data"]["policy"])).hexdigest() == house.policy.hash
        assert event["data"]["hash"] == house.policy.hash
    _say(house, NOTIFY, _other(house.policy))
    assert len(house.ledger("policy.loaded")) == 3


def test_versions_at_once_are_recorded_once(house: House) -> None:
    parts = [Process(name="notify", host="two", pid=pid) for pid in range(8)]
    results = at_once(*[partial(_say, house, who) for who in parts])
    assert results == [None] * 8
    assert len(house.ledger("policy.loaded")) == 1


def test_what_each_goes_by_is_known_and_the_time_it_was_loaded_stays(house: House) -> None:
    _say(house, BOT)
    _say(house, NOTIFY, _other(house.policy))
    with house.work() as uow:
        before = {
            report.process: report for report in uow.policies.seen_since(uow.now - timedelta(minutes=1))
        }
    assert versions(before.values()) == {
        house.policy.hash: ("bot@one",),
        _other(house.policy).hash: ("worker@two",),
    }
    _say(house, BOT)
    with house.work() as uow:
        after = {report.process: report for report in uow.policies.seen_since(before[BOT].seen_at)}
    assert after[BOT].loaded_at == before[BOT].loaded_at
    assert after[BOT].seen_at > before[BOT].seen_at


def test_refused_file_is_told_once_a_host_and_again_after_it_was_mended(house: House) -> None:
    for who in (NOTIFY, TARGETS, NOTIFY):
        _say(house, who, refused=WHY)
    assert len(_waiting(house)) == 1
    for who in (NOTIFY, TARGETS):
        _say(house, who)
    _say(house, TARGETS, refused=WHY)
    assert len(_waiting(house)) == 2
    _say(house, NOTIFY, refused="another mistake")
    assert len(_waiting(house)) == 3


def test_refused_file_is_told_again_by_those_that_came_after(house: House) -> None:
    """A restart in between: the first ones' last word is not about the file of today."""
    _say(house, NOTIFY, refused=WHY)
    house.as_superuser("alter table policy_in_force disable trigger guard")
    earlier = "seen_at = seen_at - interval '3 min', loaded_at = loaded_at - interval '3 min'"
    house.as_superuser(f"update policy_in_force set {earlier}")
    house.as_superuser("alter table policy_in_force enable always trigger guard")
    for who in (replace(NOTIFY, pid=12), replace(TARGETS, pid=13)):
        _say(house, who, refused=WHY)
    assert len(_waiting(house)) == 2


def test_what_workers_went_by_last_is_read_back_whole(house: House) -> None:
    assert _last(house) is None
    older, elsewhere = _other(house.policy, "C0OLDER"), _other(house.policy, "C0ELSEWHERE")
    _say(house, BOT, _other(house.policy, "C0BOTS"))
    assert _last(house) is None
    _say(house, NOTIFY, older)
    _say(house, replace(TARGETS, pid=13), house.policy)
    _say(house, replace(NOTIFY, host="three", pid=4), elsewhere)
    assert (_last(house, "two"), _last(house, "three")) == (house.policy, elsewhere)
    _say(house, replace(NOTIFY, pid=14), older)
    assert _last(house, "two") == older, "the one that was seen last, not the one that was made last"
    assert _last(house, "four") == older


def test_what_is_no_content_of_that_hash_is_not_taken_for_it(house: House) -> None:
    """Only a worker records such entries; one of another version may say anything in them."""
    _say(house, NOTIFY)
    for data in (
        {},
        {"hash": house.policy.hash, "policy": None},
        {"hash": house.policy.hash, "policy": policy_content(house.policy) | {"installation": "other"}},
        {"hash": house.policy.hash, "policy": {"groups": 1}},
    ):
        with house.work() as uow:
            uow.record(Event(kind=EventKind.POLICY_LOADED, actor="worker@two", data=data))
            uow.commit()
    assert _last(house) == house.policy


def _last(house: House, host: str = "two") -> Policy | None:
    with house.work() as uow:
        return uow.policies.last_of_workers(host)


def test_operators_channel_reads_what_is_wrong_and_the_notice_is_posted_once(house: House) -> None:
    _say(house, NOTIFY, refused=WHY)
    (notice,) = _waiting(house)
    results = at_once(*[lambda: post_notice(house.context, notice)] * 4)
    assert results == [None] * 4
    (posted,) = house.sandbox.person("U0OPS").messages(OPS)
    said = plain(posted)
    assert "Configuration refused on two" in said
    assert "no cluster" in said
    assert _waiting(house) == []


def test_bot_that_refuses_tells_no_channel_and_is_seen(house: House) -> None:
    _say(house, BOT, refused=WHY)
    assert _waiting(house) == []
    with house.work() as uow:
        (report,) = uow.policies.seen_since(uow.now - timedelta(minutes=1))
    assert report.refused


def test_bot_and_worker_speak_of_themselves_alone(house: House) -> None:
    for begin, process in ((house.begin, NOTIFY), (house.work, BOT)):
        with pytest.raises(Exception, match="a process speaks of itself"):
            report_policy(begin, policy=house.policy, process=process)
    with pytest.raises(Exception, match="a process speaks of itself"), house.begin() as uow:
        uow.policies.is_new("f" * 64, writer="worker")


def _waiting(house: House) -> list[NoticeId]:
    with house.work() as uow:
        return uow.notices.due(uow.now, limit=10)


def test_request_review_and_grant_each_name_the_hash_they_were_decided_under(house: House) -> None:
    """Another rule is edited in between, twice; bot and worker may have different files."""
    asked_under = house.policy.hash
    request = house.submit()
    edit(house, with_rule(house.policy, "prod-write", min_reason=30))
    reviewed_under = house.policy.hash
    house.review(request)
    edit(house, with_rule(house.policy, "prod-write", min_reason=40))
    grant = house.grant_of(request.id)
    assert grant is not None
    provision(house.context, grant.id)

    assert house.request(request.id).policy_hash == asked_under
    with house.begin() as uow:
        (review,) = uow.reviews.of(request.id)
    assert review.policy_hash == reviewed_under
    named = {
        event["kind"]: event["data"]["policy_hash"]
        for event in house.ledger("request.submitted", "review.approved", "grant.provision_started")
    }
    assert named == {
        "request.submitted": asked_under,
        "review.approved": reviewed_under,
        "grant.provision_started": house.policy.hash,
    }
    assert len({*named.values()}) == len(named)
