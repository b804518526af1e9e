"""Sessions of holders are counted as the server has them, whatever the engine."""

from dbaccess.domain.use import OpenSessions
from tests.contract.target import Target


def test_sessions_of_each_login_are_counted_with_their_addresses(target: Target) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    never = target.ephemeral()
    look = target.driver.open_sessions
    assert look([]) == {}
    assert look([recipe, other, never]) == {
        recipe.grant_id: OpenSessions(count=0),
        other.grant_id: OpenSessions(count=0),
    }
    access = target.credentials(recipe)
    with target.connect(access) as one, target.connect(access) as two:
        assert one.is_open()
        assert two.is_open()
        found = look([recipe, other])
        assert (found[recipe.grant_id].count, found[other.grant_id].count) == (2, 0)
        assert len(found[recipe.grant_id].clients) == 1
    target.end(recipe)
    assert set(look([recipe, other])) == {other.grant_id}


def test_own_login_of_a_person_counts_all_its_sessions(any_target: Target) -> None:
    target, access = any_target, any_target.person_login()
    recipe = target.provision(target.personal(access.login))
    with target.connect(access) as person:
        assert person.is_open()
        assert target.driver.open_sessions([recipe])[recipe.grant_id].count == 1


def test_login_of_another_server_or_grant_is_left_out(target: Target) -> None:
    elsewhere = target.ephemeral(cluster_identity="1")
    made = target.provision(target.ephemeral())
    assert set(target.driver.open_sessions([elsewhere, made])) == {made.grant_id}
