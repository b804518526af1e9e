"""Believable terms of a request, to be changed in one place or another."""

from dbaccess.domain.people import PersonId
from dbaccess.domain.terms import RequestKind, Terms

TERMS = Terms(
    kind=RequestKind.ACCESS,
    of_grant=None,
    break_glass=False,
    requester=PersonId("maya"),
    target="orders-prod",
    cluster="main",
    database="orders",
    env="prod",
    login="ephemeral",
    personal_login=None,
    role="read",
    can="read every table in schema shop",
    cannot="change data or schema",
    access="read",
    grants=("orders_read",),
    act_as=None,
    on=None,
    narrower=(),
    duration_seconds=7200,
    longest_seconds=14400,
    reason='Orders stuck in "paid" since 02:40 é',
    ticket=None,
    rule="prod-read",
    rule_digest="d" * 64,
    approvals=(("dba", 1),),
)
