"""What the installation gave or made, and what only looks like it, on PostgreSQL 18 and 15."""

import secrets

from tests.contract.postgresql.target import Target


def test_logins_of_grants_and_the_workers_own_roles_are_no_memberships_to_look_at(target: Target) -> None:
    owner = target.database.owner_role
    target.provision(target.ephemeral(owner, act_as=owner))
    target.dba(
        "set role {admin}; grant {role} to {admin}", admin=target.worker.admin, role=target.database.read_role
    )
    assert target.driver.given_roles() == []


def test_decoy_is_no_login_of_ours(either_target: Target) -> None:
    """Name and mark are anybody's to write; on 16 and newer even the administrator's option is."""
    target = either_target
    decoy = f"jit_{target.worker.installation}_maya_{secrets.token_hex(3)}"
    tag = f"dbaccess:{target.worker.installation}:grant:7"
    mallory = f"mallory_{secrets.token_hex(3)}"
    target.dba(
        "create role {mallory} createrole; set role {mallory}; create role {decoy} login;"
        f"comment on role {{decoy}} is '{tag}'; grant {{decoy}} to {{admin}} with admin option",
        mallory=mallory,
        decoy=decoy,
        admin=target.worker.admin,
    )
    assert target.driver.made_logins() == []
    assert target.driver.decoys() == [decoy]
