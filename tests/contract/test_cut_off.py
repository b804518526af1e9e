"""Access is gone before anything is removed, and no lock keeps a session alive, whatever the engine."""

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import PRIMARY, Receipt, SessionsSeen
from tests.contract.target import ORDERS, Target, in_an_hour


def test_login_made_for_a_grant_is_cut_off_and_kept(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    access = target.credentials(recipe)
    with target.connect(access) as holder:
        assert target.cut_off(recipe) == {recipe.grant_id}
        assert not holder.is_open()
    assert target.refuses(access)
    assert target.identity_of(recipe.login) == recipe.login_identity
    assert not target.can_log_in(recipe.login)
    assert target.end(recipe).login_removed


def test_personal_login_is_cut_off_from_the_role_alone(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        target.cut_off(recipe)
        assert not holder.is_open()
    assert target.roles_of(access.login) == []
    assert not target.refuses(access)
    assert target.end(recipe).roles_removed == (target.read_role,)


def test_person_without_the_role_keeps_later_sessions(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    assert target.cut_off(recipe) == {recipe.grant_id}
    with target.connect(access) as later:
        for _ in range(3):
            target.cut_off(recipe)
        assert later.is_open()


def test_receipt_tells_of_the_session_that_another_process_closed(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as holder:
        target.cut_off(recipe)
        assert not holder.is_open()
    with target.connect(access) as clean:
        receipt = target.in_another_process().end(recipe)
        assert clean.is_open()
    assert receipt.sessions == (SessionsSeen(server=PRIMARY, closed=1, left=0),)


def test_work_that_is_not_passed_on_is_done_again(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    target.cut_off(recipe)
    target.done.clear()
    with target.connect(access) as unknown:
        assert target.end(recipe).sessions_closed == 1
        assert not unknown.is_open()


def test_dba_who_holds_the_login_keeps_no_session_alive_and_delays_no_other_end(target: Target) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    access = target.credentials(recipe)
    with target.connect(access) as holder, target.locking(recipe.login):
        outcomes = target.revoke(recipe, other)
        assert not holder.is_open()
        with target.connect(access) as again:  # nothing can keep it out yet, and nothing keeps it in
            assert target.cut_off(recipe) == set()
            assert not again.is_open()
    assert isinstance(outcomes[0], TargetFailure)
    assert outcomes[0].code == "locked"
    assert isinstance(outcomes[1], Receipt)
    assert target.end(recipe).login_removed


def test_server_that_is_down_is_unreachable_and_untouched(target: Target) -> None:
    made, drawn = target.provision(target.ephemeral()), target.ephemeral()
    with target.out_of_reach():
        outcomes = target.revoke(made, drawn)
        failures = [outcome for outcome in outcomes if isinstance(outcome, TargetFailure)]
        refused = target.refusal(made)
        with pytest.raises(TargetFailure) as silent:
            target.cut_off(made)
    codes = [failure.code for failure in (*failures, refused, silent.value)]
    assert codes == ["unreachable"] * 4
    assert not any(failure.touched for failure in (*failures, refused, silent.value))
    with target.connect(target.credentials(made)) as holder:
        assert holder.can_read(ORDERS)
    assert target.end(made).login_removed


def test_worker_that_falls_silent_at_the_fence_gives_nothing_after_the_end(target: Target) -> None:
    recipe, ended = target.ephemeral(), list[Receipt]()
    with pytest.raises(TargetFailure) as late:
        target.driver.provision(
            recipe, valid_until=in_an_hour(), fence=lambda: ended.append(target.end(recipe))
        )
    assert [receipt.login_removed for receipt in ended] == [True]
    assert not late.value.touched
    assert not target.can_log_in(recipe.login)
    assert target.end(recipe).login_removed
