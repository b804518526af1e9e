"""The role goes to the person's own login: what others gave it, or another grant still owes it, stays."""

from collections.abc import Iterator

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Grant
from dbaccess.domain.receipt import Receipt
from dbaccess.operations.grants.end_early import surrender
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.storage.prune import prune
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House
from tests.operations.house import MAYA, at_once, new_key


@pytest.fixture
def house(build_house: BuildHouse) -> Iterator[House]:
    with build_house(login="personal") as built:
        built.dba("create role maya login")
        yield built


def _end(house: House, grant: Grant) -> Receipt:
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    drain(house.context, "main")
    receipt = house.grant(grant.id).receipt
    assert receipt is not None
    return receipt


def test_role_owed_to_an_overlapping_grant_stays_until_that_one_ends(house: House) -> None:
    read, write = house.active(role="read"), house.active(role="write")
    both = {house.target.read_role, house.target.write_role}
    assert house.roles_of("maya") == both
    receipt = _end(house, read)
    assert (receipt.roles_removed, receipt.roles_kept) == ((), (house.target.read_role,))
    assert house.roles_of("maya") == both
    assert set(_end(house, write).roles_removed) == both
    assert house.roles_of("maya") == set()


def test_wider_grant_that_ends_first_leaves_the_narrower_one_its_role(house: House) -> None:
    read, write = house.active(role="read"), house.active(role="write")
    assert _end(house, write).roles_removed == (house.target.write_role,)
    assert house.roles_of("maya") == {house.target.read_role}
    assert _end(house, read).roles_removed == (house.target.read_role,)
    assert house.roles_of("maya") == set()


def test_two_overlapping_grants_that_end_at_once_leave_nothing(house: House) -> None:
    for role in ("read", "write"):
        house.active(role=role)
    with house.begin() as uow:
        held = uow.grants.open_of([MAYA])
    for grant in held:
        surrender(
            house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key()
        )
    at_once(*[lambda: drain(house.context, "main")] * 2)
    assert [house.grant(grant.id).state for grant in held] == ["ended", "ended"]
    assert house.roles_of("maya") == set()


def test_grant_begun_while_an_overlapping_one_ends_keeps_its_role(house: House) -> None:
    """A role of an ending grant does not stand by itself: the new grant takes it over, and gives it back."""
    read = house.active(role="read")
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=read.id, idempotency_key=new_key())
    write = house.active(role="write")
    drain(house.context, "main")
    assert house.grant(read.id).state == "ended"
    assert house.roles_of("maya") == {house.target.read_role, house.target.write_role}
    _end(house, write)
    assert house.roles_of("maya") == set()


def test_membership_that_stood_before_stays(house: House) -> None:
    house.dba("grant {role} to maya", role=house.target.read_role)
    grant = house.active(role="write")
    assert grant.recipe is not None
    assert grant.recipe.standing == (house.target.read_role,)
    receipt = _end(house, grant)
    assert (receipt.roles_removed, receipt.roles_kept) == (
        (house.target.write_role,),
        (house.target.read_role,),
    )
    assert receipt.login_removed is None
    assert house.roles_of("maya") == {house.target.read_role}


def test_role_of_a_lost_commit_is_removed_also_after_another_grant_of_it(
    house: House,
) -> None:
    grant = house.approved()

    def lose_the_answer() -> None:
        raise TargetFailure("The answer to the commit was lost.", code="no_answer", touched=True)

    provision(eventful(house, after=lose_the_answer), grant.id)
    assert _given_by_us(house) == 1
    house.dba("grant {role} to maya", role=house.target.read_role)
    for _ in range(4):
        house.next_try_now(grant.id)
        provision(house.context, grant.id)
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.last_failure) == ("revoking", "standing_changed")
    assert leaving.recipe is not None
    drain(house.context, "main")
    assert _given_by_us(house) == 0


def _given_by_us(house: House) -> int:
    count: int = house.look(
        """select count(*) from pg_auth_members m join pg_roles g on g.oid = m.grantor
             join pg_roles u on u.oid = m.member where u.rolname = 'maya' and g.rolname = %s""",
        house.access.admin,
    )[0][0]
    return count


def test_login_that_is_not_there_gets_nothing_and_is_never_made(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house:
        grant = house.approved()
        provision(house.context, grant.id)
        leaving = house.grant(grant.id)
        assert (leaving.state, leaving.last_failure) == ("revoking", "bad_login"), "no retry makes a login"
        assert {"dm.problem", "ops.problem"} <= house.planned(grant.request_id)
        drain(house.context, "main")
        assert house.grant(grant.id).state == "ended"
        assert house.look("select 1 from pg_roles where rolname = 'maya'") == []


def test_receipt_of_one_worker_tells_of_the_session_that_another_closed(house: House) -> None:
    house.dba("alter role maya password 'x'")
    grant = house.active()
    surrender(house.begin, policy=house.policy, slack_id=MAYA, grant_id=grant.id, idempotency_key=new_key())
    with psycopg.connect(house.access.login_url("maya", "x"), autocommit=True) as session:
        with pytest.raises(KilledError):
            drain(eventful(house, before=die), "main")  # between the cut-off and the receipt
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    house.lease_is_over(grant.id)
    drain(eventful(house), "main")
    receipt = house.grant(grant.id).receipt
    assert receipt is not None
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)
    assert prune(house.worker) > 0, "what the receipt tells of is kept nowhere else"
    assert prune(house.worker) == 0
