"""An extension against the end: whichever comes first on the target, nothing outlives its grant."""

from datetime import timedelta
from functools import partial

import psycopg
import pytest

from dbaccess.domain.grant import Grant
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain, revoke
from tests.databases import PostgresServer
from tests.integration.operations.faults import KilledError, eventful
from tests.integration.operations.house import House, down
from tests.operations.extensions import allow, ask_more, valid_until
from tests.operations.house import at_once


def _approved(house: House) -> Grant:
    allow(house)
    grant = house.active()
    house.review(ask_more(house, grant))
    return grant


def _time_is_over(house: House, grant: Grant) -> None:
    """Past the guards, which let no role change an end: so the test need not be faster than a short grant."""
    with psycopg.connect(house.control.superuser_url) as admin:
        admin.execute("alter table grants disable trigger guard, disable trigger recorded_change")
        admin.execute("update grants set expires_at = clock_timestamp() where id = %s", [grant.id])
        admin.execute("alter table grants enable always trigger guard, enable always trigger recorded_change")


def _ended_and_gone(house: House, grant: Grant) -> None:
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []


def test_many_workers_extend_once(house: House) -> None:
    grant = _approved(house)
    at_once(*[partial(apply_extension, house.context, grant.id)] * 4)
    longer = house.grant(grant.id)
    assert grant.expires_at is not None
    assert longer.expires_at == grant.expires_at + timedelta(hours=1)
    assert len(house.ledger("grant.extended")) == 1


def test_worker_killed_between_target_and_commit_is_completed_by_the_next(house: House) -> None:
    grant = _approved(house)

    def killed() -> None:
        raise KilledError

    with pytest.raises(KilledError):
        apply_extension(eventful(house, after=killed), grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at
    assert grant.expires_at is not None
    assert valid_until(house, grant) == grant.expires_at + timedelta(hours=1)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at, "another worker's lease"
    house.lease_is_over(grant.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == valid_until(house, grant)


def test_worker_killed_between_target_and_commit_leaves_nothing_behind_at_the_old_end(house: House) -> None:
    grant = _approved(house)

    def killed() -> None:
        raise KilledError

    with pytest.raises(KilledError):
        apply_extension(eventful(house, after=killed), grant.id)
    _time_is_over(house, grant)
    assert revoke(house.context, grant.id) == 1
    _ended_and_gone(house, grant)


def test_revoke_that_comes_first_is_not_undone(house: House) -> None:
    """The end is decided while the extension stands right before the target's commit."""
    grant = _approved(house)

    def taken_away() -> None:
        revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="out")

    apply_extension(eventful(house, at_fence=taken_away), grant.id)
    assert house.ledger("grant.extended") == []
    drain(house.context, "main")
    _ended_and_gone(house, grant)


def test_revoke_that_comes_after_the_targets_commit_takes_the_login_all_the_same(house: House) -> None:
    grant = _approved(house)

    def taken_away() -> None:
        revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="out")

    apply_extension(eventful(house, after=taken_away), grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at
    assert drain(house.context, "main") == 1
    _ended_and_gone(house, grant)
    assert house.ledger("grant.extended") == []


def test_end_that_comes_while_the_target_works_wins(house: House) -> None:
    """Approved and begun in time, but the end is over before the fence: the grant is the revoker's."""
    grant = _approved(house)
    apply_extension(eventful(house, at_fence=partial(_time_is_over, house, grant)), grant.id)
    assert house.ledger("grant.extended") == []
    revoke(house.context, grant.id)
    _ended_and_gone(house, grant)


def test_extension_and_revocation_at_the_same_instant_leave_one_truth(house: House) -> None:
    for _ in range(5):
        grant = _approved(house)

        def end(grant: Grant = grant) -> int:
            revoke_by_operator(house.work, actor="cli:ops@host", grant_id=grant.id, reason="out")
            return drain(house.context, "main")

        at_once(partial(apply_extension, house.context, grant.id), end)
        if (left := house.grant(grant.id)).state != "ended":
            # The extension had the grant's row while the end was recorded; an end does not wait for that.
            assert (left.state, left.last_failure, left.attempts) == ("revoking", None, 1)
            house.next_try_now(grant.id)
            drain(house.context, "main")
        _ended_and_gone(house, grant)


def test_two_clicks_at_once_ask_for_one_extension(house: House) -> None:
    allow(house)
    grant = house.active()
    results = at_once(*[partial(ask_more, house, grant)] * 3)
    assert sum(not isinstance(result, Exception) for result in results) == 1


def test_target_that_is_down_is_tried_again_until_the_end(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = _approved(house)
    with down(target_postgres):
        apply_extension(house.context, grant.id)
    waiting = house.grant(grant.id)
    assert (waiting.state, waiting.attempts, waiting.last_failure) == ("active", 1, "unreachable")
    assert house.outbox()[-1] == ("extend", grant.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == grant.expires_at, "too early"
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert house.grant(grant.id).expires_at == valid_until(house, grant)


def test_reconciler_finds_what_the_queue_lost(house: House) -> None:
    grant = _approved(house)
    with house.work() as uow:
        assert uow.extensions.due(uow.now, limit=5) == [grant.id]
    apply_extension(house.context, grant.id)
    with house.work() as uow:
        assert uow.extensions.due(uow.now, limit=5) == []


def test_approval_and_surrender_at_once_never_leave_a_login(house: House) -> None:

    allow(house)
    grant = house.active()
    request = ask_more(house, grant)
    at_once(partial(house.review, request), partial(house.surrender, grant))
    apply_extension(house.context, grant.id)
    drain(house.context, "main")
    _ended_and_gone(house, grant)
    assert house.ledger("grant.extended") == []
