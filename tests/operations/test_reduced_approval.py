"""A reviewer approves for less: a shorter time, or a role that the one asked for names as narrower."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import Changed, DuplicateRequest, NotLess, Refused
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy, Rule, Slot
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.requests.mark_stale import mark_stale
from tests.operations.edited_policies import edit, with_groups, with_narrower, with_rule
from tests.operations.house import PRIYA, SAM, House

HOUR = 3600
LEAST = ApprovedScope(role="read", duration=timedelta(hours=1))


def scope(role: str = "write", hours: float = 2) -> ApprovedScope:
    return ApprovedScope(role=role, duration=timedelta(hours=hours))


@pytest.fixture
def asked(house: House) -> Request:
    """Write for two hours, by two of dba; instead of it a reviewer may give read."""
    dba = (Slot(group="dba", count=2),)
    policy = with_rule(house.policy, "prod-write", approvals=dba, decide_within=timedelta(minutes=10))
    edit(house, with_narrower(policy, "read"))
    return house.submit(role="write", seconds=2 * HOUR)


def _given(house: House, request: Request) -> ApprovedScope | None:
    grant = house.grant_of(request.id)
    return ApprovedScope(role=grant.role, duration=grant.duration) if grant else None


@pytest.mark.parametrize(
    ("priya", "sam"),
    [
        (scope("read", 1), scope("write", 2)),
        (scope("read", 2), scope("write", 1)),
        (scope("read", 1), scope("read", 1)),
    ],
)
def test_grant_is_the_least_of_all_whatever_the_order(
    house: House, asked: Request, priya: ApprovedScope, sam: ApprovedScope
) -> None:
    wanted = {PRIYA: priya, SAM: sam}
    for order in permutations(wanted):
        request = asked if house.grant_of(asked.id) is None else None
        request = request or house.submit(role="write", seconds=2 * HOUR, reason="once more, the same")
        offer = scope()
        for who in order:
            less = ApprovedScope(
                role="read" if "read" in {offer.role, wanted[who].role} else "write",
                duration=min(offer.duration, wanted[who].duration),
            )
            house.review(request, who, less=None if less == offer else less)
            offer = less
        assert _given(house, request) == LEAST


@pytest.mark.parametrize(
    ("less", "error"),
    [
        (scope(), NotLess),
        (scope("write", 2.5), NotLess),
        (scope("read", 3), NotLess),
        (scope("migrate", 1), Changed),
        (scope("no-such", 1), Changed),
        (scope("read", 0), Changed),
        (scope("read", -1), Changed),
    ],
)
def test_less_is_never_more(house: House, asked: Request, less: ApprovedScope, error: type[Refused]) -> None:
    with pytest.raises(error):
        house.review(asked, less=less)
    assert house.ledger("review.approved") == []


def test_wider_role_does_not_come_back_once_a_narrower_one_was_approved(house: House, asked: Request) -> None:
    house.review(asked, PRIYA, less=scope("read", 2))
    with pytest.raises(Changed):
        house.review(asked, SAM, less=scope("write", 1))
    house.review(asked, SAM)
    assert _given(house, asked) == scope("read", 2)


@pytest.mark.parametrize(
    ("less", "said"),
    [
        (scope("write", 1), "Priya Nair (U0PRIYA) approved 1 h meanwhile. Look again."),
        (scope("read", 2), "Priya Nair (U0PRIYA) approved read meanwhile. Look again."),
        (scope("read", 1), "Priya Nair (U0PRIYA) approved read, 1 h meanwhile. Look again."),
    ],
)
def test_click_on_an_older_offer_names_who_approved_less(
    house: House, asked: Request, less: ApprovedScope, said: str
) -> None:
    shown = house.shown(asked)
    house.review(asked, PRIYA, less=less)
    for wanted in (None, scope("read", 0.5)):
        with pytest.raises(Changed) as refused:
            house.review(asked, SAM, fingerprint=shown, less=wanted)
        assert str(refused.value) == said
    with pytest.raises(Changed, match=r"^This changed, look again\.$"):
        house.review(asked, SAM, fingerprint="0" * 64)
    assert house.request(asked.id).state == "pending"


def test_denial_covers_everything_after_a_reduced_approval(house: House, asked: Request) -> None:
    house.review(asked, PRIYA, less=scope("read", 1))
    house.review(asked, SAM, Verdict.DENIED)
    assert house.request(asked.id).state == "denied"


def test_the_same_submission_twice_counts_once(house: House, asked: Request) -> None:
    shown = house.shown(asked)
    house.review(asked, key="one", fingerprint=shown, less=scope("write", 1))
    with pytest.raises(DuplicateRequest):
        house.review(asked, key="one", fingerprint=shown, less=scope("write", 1))
    assert len(house.ledger("review.approved")) == 1


def test_definition_of_the_narrower_role_that_changed_meanwhile_makes_the_request_stale(
    house: House, asked: Request
) -> None:
    house.review(asked, PRIYA, less=scope("read", 1))
    target = house.policy.targets["orders-prod"]
    read = replace(target.roles["read"], can="read what it is another thing to read")
    changed = replace(target, roles={**target.roles, "read": read})
    edit(house, replace(house.policy, targets={**house.policy.targets, target.name: changed}))
    with pytest.raises(Changed):
        house.review(asked, SAM)
    assert mark_stale(house.context) == [asked.id]


def test_role_that_a_rule_denies_to_them_is_not_given_instead(house: House, asked: Request) -> None:
    denies = _deny_read(house.policy)
    edit(house, replace(house.policy, rules=(denies, *house.policy.rules)))
    with pytest.raises(Changed):
        house.review(asked, PRIYA, less=scope("read", 1))
    house.review(asked, PRIYA, less=scope("write", 1))


def test_narrower_role_that_a_rule_now_denies_takes_no_further_approval(house: House, asked: Request) -> None:
    house.review(asked, PRIYA, less=scope("read", 1))
    edit(house, replace(house.policy, rules=(_deny_read(house.policy), *house.policy.rules)))
    with pytest.raises(Changed):
        house.review(asked, SAM)
    house.review(asked, SAM, Verdict.DENIED)


def test_worker_gives_no_narrower_role_that_its_own_policy_denies(house: House, asked: Request) -> None:
    house.review(asked, PRIYA, less=scope("read", 1))
    house.review(asked, SAM)
    grant = house.grant_of(asked.id)
    assert grant is not None
    policy = replace(house.policy, rules=(_deny_read(house.policy), *house.policy.rules))
    house.context = replace(house.context, policy=policy)
    provision(house.context, grant.id)
    grant = house.grant(grant.id)
    assert (grant.state, grant.end_cause) == ("revoking", "invalidated")
    assert house.made_logins() == []


def test_reduced_approval_of_a_former_member_does_not_count(house: House, asked: Request) -> None:
    house.review(asked, PRIYA, less=scope("read", 1))
    edit(house, with_groups(house.policy, dba=["U0SAM", "U0OPS"]))
    shown = house.shown(asked)
    with pytest.raises(Changed):
        house.review(asked, SAM, fingerprint=shown)
    house.review(asked, SAM, fingerprint=asked.fingerprint)
    house.review(asked, SlackId("U0OPS"))
    assert _given(house, asked) == scope()


def _deny_read(policy: Policy) -> Rule:
    some = next(rule for rule in policy.rules if rule.id == "prod-read")
    return replace(some, id="never-read", denies=True, approvals=())
