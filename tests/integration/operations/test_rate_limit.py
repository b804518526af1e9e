"""One person cannot drown the channel, the ledger or a target, however often they ask."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from dbaccess.domain import limits
from dbaccess.domain.errors import AlreadyOpen, TooMany
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import Request
from dbaccess.operations.grants.credentials import ask_credentials, check_holder
from dbaccess.operations.requests.withdraw import withdraw
from tests.databases import ControlDatabase
from tests.integration.operations import forging
from tests.integration.operations.house import House
from tests.operations.break_glass import invoke
from tests.operations.edited_policies import edit
from tests.operations.extensions import allow, ask_more
from tests.operations.house import MAYA, SECOND_MAYA, TOM, at_once, new_key


@pytest.fixture
def wide(house: House) -> House:
    """A house with more targets than anybody may wait for."""
    first = house.policy.target("orders-prod")
    more = {name: replace(first, name=name) for name in _targets(limits.OPEN_REQUESTS + 3)}
    edit(house, replace(house.policy, targets={**house.policy.targets, **more}))
    return house


def _targets(count: int) -> list[str]:
    return [f"orders-{number}" for number in range(count)]


def _loop(house: House, who: SlackId = MAYA) -> Request:
    """Asked and withdrawn."""
    request = house.submit(who)
    withdraw(house.begin, policy=house.policy, slack_id=who, request_id=request.id, idempotency_key=new_key())
    return request


def _ask_password(house: House, grant: Grant, who: SlackId = MAYA) -> None:
    ask_credentials(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        grant_id=grant.id,
        view_id="V0VIEW",
        idempotency_key=new_key(),
    )


def test_person_with_many_pending_requests_may_not_add_one(wide: House) -> None:
    *fitting, one_more = _targets(limits.OPEN_REQUESTS + 1)
    waiting = [wide.submit(target=target) for target in fitting]
    before = wide.ledger()
    with pytest.raises(
        TooMany, match=r"You wait for 10 decisions; at most 10 are allowed\. /dbaccess list shows"
    ):
        wide.submit(target=one_more)
    with pytest.raises(TooMany):
        wide.submit(SECOND_MAYA, target=one_more)
    assert wide.ledger() == before
    wide.submit(TOM, target=one_more)
    wide.review(waiting[0])
    assert wide.submit(target=one_more).state == "pending"


def test_duplicate_request_is_refused_as_such_before_the_rate_limit(wide: House) -> None:
    for target in _targets(limits.OPEN_REQUESTS):
        wide.submit(target=target)
    with pytest.raises(AlreadyOpen):
        wide.submit(target="orders-0")


def test_many_at_once_are_no_more_than_one_after_the_other(wide: House) -> None:
    asking = [partial(wide.submit, target=target) for target in _targets(limits.OPEN_REQUESTS + 3)]
    asked = at_once(*asking)
    assert sum(isinstance(one, TooMany) for one in asked) == 3
    assert wide.kinds().count("request.submitted") == limits.OPEN_REQUESTS


def test_withdrawing_and_asking_again_comes_to_an_end_and_goes_on_after_an_hour(
    house: House, control_database: ControlDatabase
) -> None:
    for _ in range(limits.REQUESTS_AN_HOUR):
        _loop(house)
    before = house.ledger()
    with pytest.raises(TooMany, match=r"asked 30 times within an hour; .* Ask again in (1 h|5\d min)\."):
        house.submit()
    assert house.ledger() == before
    _loop(house, TOM)
    _age(control_database, "1 hour")
    assert house.submit().state == "pending"


def test_time_far_ahead_is_refused_and_blocks_no_person(house: House) -> None:
    asked = house.submit()
    ahead = asked.submitted_at + timedelta(days=36_500)
    late = replace(asked, terms=replace(asked.terms, target="other"), submitted_at=ahead)
    with house.begin() as uow, pytest.raises(IntegrityError, match="a request is submitted now"):
        uow.requests.add(replace(late, decide_by=ahead + limits.HOUR))
    assert house.submit(role="write").state == "pending"


def test_more_time_counts_like_any_request(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(house)
    grant = house.active()
    monkeypatch.setattr(limits, "REQUESTS_AN_HOUR", 3)
    for _ in range(2):
        request = ask_more(house, grant)
        withdraw(
            house.begin, policy=house.policy, slack_id=MAYA, request_id=request.id, idempotency_key=new_key()
        )
    with pytest.raises(TooMany):
        ask_more(house, grant)


def test_an_emergency_is_not_kept_waiting_and_the_review_it_owes_counts_for_nothing(
    glass: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_AN_HOUR", 2)
    for _ in range(2):
        _loop(glass)
    assert invoke(glass).state == "approved"
    monkeypatch.setattr(limits, "REQUESTS_AN_HOUR", 4)
    monkeypatch.setattr(limits, "OPEN_REQUESTS", 1)
    assert glass.submit().state == "pending"


def test_passwords_are_not_asked_for_in_a_row(house: House, control_database: ControlDatabase) -> None:
    grant = house.active()
    asked = at_once(*[lambda: _ask_password(house, grant)] * (limits.PASSWORDS_A_MINUTE + 3))
    assert sum(isinstance(one, TooMany) for one in asked) == 3
    assert house.kinds().count("credentials.requested") == limits.PASSWORDS_A_MINUTE
    with house.begin() as uow, pytest.raises(TooMany, match="6 passwords were asked for within a minute"):
        check_holder(uow, policy=house.policy, workspace=house.workspace, slack_id=MAYA, grant_id=grant.id)
    _ask_password(house, house.active(TOM), TOM)
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table credential_views disable trigger guard")
        admin.execute("update credential_views set requested_at = requested_at - interval '1 min'")
        admin.execute("alter table credential_views enable always trigger guard")
    _ask_password(house, grant)


def test_password_request_dated_far_ahead_delays_no_other(house: House) -> None:
    grant = house.active()
    for _ in range(limits.PASSWORDS_A_MINUTE):
        with pytest.raises(IntegrityError, match="a view is requested now"):
            forging.run(
                house,
                """insert into credential_views (grant_id, slack_id, view_id, state, requested_at)
                   values (:grant, :who, 'V0VIEW', 'requested', now() + interval '1 year')""",
                grant=grant.id,
                who=MAYA,
            )
    _ask_password(house, grant)


def _age(database: ControlDatabase, by: str) -> None:
    """The requests are dated so much earlier."""
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("alter table requests disable trigger guard")
        admin.execute("update requests set submitted_at = submitted_at - %s::interval", [by])
        admin.execute("alter table requests enable always trigger guard")
