"""A role that gives more than data: nothing is given, and what was given before ends."""

from dbaccess.operations.grants.invalidate import end_outgrown
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from sandbox.client import plain
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.house import House
from tests.operations.house import OPS


def test_grant_of_a_role_that_is_more_than_data_is_invalidated_at_the_first_try(house: House) -> None:
    house.dba("alter role {role} createrole", role=house.target.read_role)
    grant = house.approved()
    provision(house.context, grant.id)
    leaving = house.grant(grant.id)
    assert (leaving.state, leaving.end_cause) == ("revoking", "invalidated")
    assert f"{house.target.read_role} can make roles" in (leaving.end_note or "")
    assert house.made_logins() == []
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"
    house.notify(grant.request_id)
    for who, where in (("U0MAYA", None), ("U0OPS", OPS)):
        person = house.sandbox.person(who)
        said = [plain(message) for message in (person.messages(where) if where else person.direct_messages())]
        assert any("can make roles" in text for text in said), said
    (failed,) = house.ledger("grant.provision_failed")
    assert failed["data"]["code"] == "role_too_powerful"


def test_grant_whose_role_got_power_since_ends_and_others_stay(house: House) -> None:
    grown, kept = house.active(role="write"), house.active(role="read")
    assert end_outgrown(house.context, "main") == []
    house.dba("alter role {role} createrole", role=house.target.write_role)
    assert end_outgrown(house.context, "main") == [grown.id]
    assert end_outgrown(house.context, "main") == []
    leaving = house.grant(grown.id)
    assert (leaving.state, leaving.end_cause) == ("revoking", "invalidated")
    assert leaving.end_note == f"{house.target.write_role} can make roles"
    assert house.grant(kept.id).state == "active"
    drain(house.context, "main")
    assert house.grant(grown.id).state == "ended"


def test_role_that_was_renamed_before_it_got_power_ends_its_personal_grant(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house:
        house.dba("create role maya login; create role bo login")
        grant, read = house.active(), house.target.read_role
        house.dba("grant {role} to bo", role=read)  # not ours to end
        house.dba("alter role {role} rename to {renamed}", role=read, renamed=f"{read}_v1")
        house.dba("alter role {role} createrole", role=f"{read}_v1")
        assert end_outgrown(house.context, "main") == [grant.id]
        assert house.grant(grant.id).end_note == f"{read}_v1 can make roles"
