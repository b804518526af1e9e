"""Which policy each process goes by, and its text in the ledger."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.policy import Policy
from dbaccess.domain.policy_content import hash_of, policy_content
from dbaccess.domain.policy_in_use import SEEN_WITHIN, Process, versions
from dbaccess.operations.grants.provision import provision
from tests.operations.edited_policies import edit, with_rule
from tests.operations.fake_house import FakeHouse
from tests.operations.house import House
from tests.operations.policy_reports import BOT, report_as, waiting

NOTIFY = Process(name="notify", host="two", pid=2)


TARGETS = Process(name="targets", host="two", pid=3)


WHY = 'dbaccess.toml:26: targets.orders-prod.cluster: no cluster "mian". Nearest: main.'


def _other(policy: Policy, channel: str = "C0OTHER") -> Policy:
    other = replace(policy, ops_channel=channel)
    return replace(other, hash=hash_of(other))


def test_text_of_a_version_is_in_the_ledger_once_for_each_who_may_say_so(house: House) -> None:
    for _ in range(2):
        for who in (BOT, NOTIFY, TARGETS):
            report_as(house, who)
    loaded = house.ledger("policy.loaded")
    assert [event["actor"] for event in loaded] == ["bot@one", "worker@two"]
    for event in loaded:
        assert hashlib.sha256(canonical_bytes(event["data"]["policy"])).hexdigest() == house.policy.hash
        assert event["data"]["hash"] == house.policy.hash
    report_as(house, NOTIFY, _other(house.policy))
    assert len(house.ledger("policy.loaded")) == 3


def test_time_without_a_worker_is_recorded_once_by_the_first_that_comes_back(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=0)
    for who in (BOT, NOTIFY, TARGETS):
        report_as(fake_house, who)
    last = datetime.now(UTC)
    fake_house.wait(seconds=SEEN_WITHIN.total_seconds() - 1)
    report_as(fake_house, BOT)
    assert fake_house.ledger("workers.away") == []
    fake_house.wait(seconds=3600)
    for who in (BOT, TARGETS, NOTIFY):
        report_as(fake_house, who)
    (away,) = fake_house.ledger("workers.away")
    began, ended = (datetime.fromisoformat(away["data"][name]) for name in ("began_at", "ended_at"))
    assert (away["actor"], began, ended) == ("worker@two", last, datetime.now(UTC))


def test_worker_that_reports_often_enough_was_never_away(fake_house: FakeHouse) -> None:
    fake_house.wait(seconds=0)
    for _ in range(3):
        report_as(fake_house, NOTIFY)
        fake_house.wait(seconds=SEEN_WITHIN.total_seconds() - 1)
    assert fake_house.ledger("workers.away") == []


def test_policy_of_each_process_is_known_with_its_loading_time(house: House) -> None:
    report_as(house, BOT)
    report_as(house, NOTIFY, _other(house.policy))
    with house.work() as uow:
        before = {
            report.process: report for report in uow.policies.seen_since(uow.now - timedelta(minutes=1))
        }
    assert versions(before.values()) == {
        house.policy.hash: ("bot@one",),
        _other(house.policy).hash: ("worker@two",),
    }
    report_as(house, BOT)
    with house.work() as uow:
        after = {report.process: report for report in uow.policies.seen_since(before[BOT].seen_at)}
    assert after[BOT].loaded_at == before[BOT].loaded_at
    assert after[BOT].seen_at > before[BOT].seen_at


def test_refused_file_is_told_once_a_host_and_again_after_it_was_mended(house: House) -> None:
    for who in (NOTIFY, TARGETS, NOTIFY):
        report_as(house, who, refused=WHY)
    assert len(waiting(house)) == 1
    for who in (NOTIFY, TARGETS):
        report_as(house, who)
    report_as(house, TARGETS, refused=WHY)
    assert len(waiting(house)) == 2
    report_as(house, NOTIFY, refused="another mistake")
    assert len(waiting(house)) == 3


def test_last_policy_of_the_workers_is_read_back_whole(house: House) -> None:
    assert _last(house) is None
    older, elsewhere = _other(house.policy, "C0OLDER"), _other(house.policy, "C0ELSEWHERE")
    report_as(house, BOT, _other(house.policy, "C0BOTS"))
    assert _last(house) is None
    report_as(house, NOTIFY, older)
    report_as(house, replace(TARGETS, pid=13), house.policy)
    report_as(house, replace(NOTIFY, host="three", pid=4), elsewhere)
    assert (_last(house, "two"), _last(house, "three")) == (house.policy, elsewhere)
    report_as(house, replace(NOTIFY, pid=14), older)
    assert _last(house, "two") == older, "the one that was seen last, not the one that was made last"
    assert _last(house, "four") == older


def test_content_with_another_hash_is_refused(house: House) -> None:
    """Only a worker records such entries; one of another version may say anything in them."""
    report_as(house, NOTIFY)
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


def test_bot_that_refuses_tells_no_channel_and_is_seen(house: House) -> None:
    report_as(house, BOT, refused=WHY)
    assert waiting(house) == []
    with house.work() as uow:
        (report,) = uow.policies.seen_since(uow.now - timedelta(minutes=1))
    assert report.refused


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
