"""Whatever happens after the click, the modal ends in a sentence that is true and says what to do."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import SlackFailure
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.credentials import FORGOTTEN, GIVEN_UP, show_credentials
from dbaccess.operations.grants.revoke import drain
from dbaccess.slack.views import credentials
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import KilledError, die, eventful
from tests.integration.operations.house import House
from tests.integration.operations.opener import Opener, opening
from tests.integration.operations.showing import click, password_in, seen, state, verifier, works
from tests.operations.house import MAYA, TOM, later

MAKING = "Making a password"
AGAIN = "Close this and click again."
ANEW = "Close this and make a new one."
UNFINISHED = f"This was not finished in time. No password is certain to work. {ANEW}"


def _said(house: House, who: SlackId = MAYA) -> str:
    """The text of the modal, without its title and button."""
    return seen(house, who).removeprefix("Credentials\n").removesuffix("\nClose")


def _a_while_later(house: House) -> WorkerContext:
    """The time after which another worker takes up the view."""
    return replace(house.context, begin=later(house, seconds=GIVEN_UP.total_seconds()))


def _waiting(house: House, context: WorkerContext | None = None) -> list[CredentialViewId]:
    """The work that the reconciler finds."""
    with (context or house.context).begin() as uow:
        return uow.credential_views.waiting(uow.now - FORGOTTEN, started_before=uow.now - GIVEN_UP, limit=20)


def _clicked(house: House, opener: Opener, grant: Grant, who: SlackId, minutes: int) -> CredentialView:
    """As long ago as that."""
    view_id = opener.open(who, credentials.loading(login=None, target=grant.target))
    with EnteringUnitOfWork(house.bot, None) as uow:
        view = uow.credential_views.add(
            CredentialView(
                id=CredentialViewId(0),
                grant_id=grant.id,
                slack_id=who,
                view_id=view_id,
                state=CredentialState.REQUESTED,
                requested_at=uow.now,
            )
        )
        uow.commit()
    past = timedelta(minutes=minutes)
    house.as_superuser("alter table credential_views disable trigger guard")
    house.as_superuser("update credential_views set requested_at = requested_at - %s", past)
    house.as_superuser("alter table credential_views enable always trigger guard")
    return replace(view, requested_at=view.requested_at - past)


def _nothing_was_made(house: House, grant: Grant, view: CredentialView) -> None:
    assert state(house, view) == "failed"
    assert verifier(house, grant) is None
    assert not {"credentials.started", "credentials.set"} & set(house.kinds())


def test_click_of_long_ago_asks_for_another(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _clicked(house, opener, grant, MAYA, minutes=3)
    assert _waiting(house) == [view.id], "found where every worker was down meanwhile"
    show_credentials(house.context, view.id)
    assert _said(house) == f"No worker took up this click in time, and no password was made. {AGAIN}"
    _nothing_was_made(house, grant, view)


def test_old_click_is_left_alone(house: House, opener: Opener) -> None:
    _clicked(house, opener, house.active(), MAYA, minutes=16)
    assert _waiting(house) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "update directory_reads set read_at = read_at - interval '3 min'",
            (
                "People and groups could not be read from Slack lately. "
                "Try again in a minute; if it stays so, ask an operator of dbaccess whether the workers run."
            ),
        ),
        (
            "update directory_people set read_at = read_at - interval '31 min'",
            (
                "Maya Lindqvist (maya) could not be read from Slack lately. "
                "Try again in a minute; if it stays so, ask an operator of dbaccess whether the workers run."
            ),
        ),
    ],
    ids=["no person was", "she was not"],
)
def test_people_not_read_lately_are_told_to_try_again(
    house: House, opener: Opener, change: str, says: str
) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    with house.worker.begin() as connection:
        connection.exec_driver_sql(change)
    show_credentials(house.context, view.id)
    assert _said(house) == says
    _nothing_was_made(house, grant, view)


def test_forged_click_is_told_nothing_of_the_grant(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _clicked(house, opener, grant, TOM, minutes=0)
    show_credentials(house.context, view.id)
    assert _said(house, TOM) == "Only the holder sees these credentials."
    _nothing_was_made(house, grant, view)


def test_forged_click_takes_nothing_from_the_holders(house: House, opener: Opener) -> None:
    grant = house.active()
    mine, forged = click(house, opener, grant), _clicked(house, opener, grant, TOM, minutes=0)
    show_credentials(house.context, forged.id)
    show_credentials(house.context, mine.id)
    assert works(house, grant, password_in(seen(house)))


def test_grant_that_is_revoked_is_not_called_ended_before_it_was_seen(house: House, opener: Opener) -> None:
    grant = house.active()
    first = click(house, opener, grant)
    house.surrender(grant)
    show_credentials(house.context, first.id)
    assert _said(house).startswith("Revoking since ")
    assert _said(house).endswith("No password is made any more.")
    _nothing_was_made(house, grant, first)
    drain(house.context, "main")
    second = _clicked(house, opener, grant, MAYA, minutes=0)
    show_credentials(house.context, second.id)
    assert _said(house).startswith("This grant ended ")


def test_grant_whose_time_is_over_is_called_that(house: House, opener: Opener) -> None:
    grant = house.active(seconds=60)
    view = click(house, opener, grant)
    show_credentials(_a_while_later(house), view.id)
    assert _said(house) == "The time of this grant is over. No password is made any more."
    _nothing_was_made(house, grant, view)


def test_grant_taken_away_while_the_password_is_set_is_called_that(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    show_credentials(eventful(house, at_fence=lambda: house.surrender(grant)), view.id)
    assert _said(house).startswith("Revoking since ")
    assert verifier(house, grant) is None


def test_forged_click_on_a_personal_login_is_told_to_use_its_own(build_house: BuildHouse) -> None:
    with build_house(login="personal") as house, opening(house.sandbox) as opener:
        house.dba("create role maya login")
        grant = house.active()
        view = _clicked(house, opener, grant, MAYA, minutes=0)
        show_credentials(house.context, view.id)
        assert _said(house) == "This grant is on your own login. Use the password of that login."
        _nothing_was_made(house, grant, view)


@pytest.mark.parametrize("moment", ["before", "at_fence", "after"])
def test_view_of_a_worker_that_was_killed_is_given_up(house: House, opener: Opener, moment: str) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    with pytest.raises(KilledError):
        show_credentials(eventful(house, **{moment: die}), view.id)
    assert _waiting(house) == []
    show_credentials(house.context, view.id)
    assert MAKING in seen(house), "it may still be at it"
    after = _a_while_later(house)
    assert _waiting(house, after) == [view.id]
    show_credentials(after, view.id)
    assert _said(house) == UNFINISHED
    assert state(house, view) == "failed"
    assert _waiting(house, after) == []
    again = click(house, opener, grant)
    show_credentials(house.context, again.id)
    assert works(house, grant, password_in(seen(house)))


def test_worker_that_took_too_long_sets_nothing(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    stalled = eventful(house, at_fence=lambda: show_credentials(_a_while_later(house), view.id))
    show_credentials(stalled, view.id)
    assert "```" not in seen(house)
    assert state(house, view) == "failed"
    assert verifier(house, grant) is None


def test_password_of_a_view_that_was_given_up_meanwhile_is_not_left_on_show(
    house: House, opener: Opener
) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    stalled = eventful(house, after=lambda: show_credentials(_a_while_later(house), view.id))
    show_credentials(stalled, view.id)
    assert _said(house) == UNFINISHED
    assert state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()


@pytest.mark.parametrize("fault", ["429", "500", "lost_answer"])
def test_slack_in_trouble_for_a_moment_shows_the_password(house: House, opener: Opener, fault: str) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    house.sandbox.fault("views.update", fault, retry_after=1)
    show_credentials(house.context, view.id)
    assert works(house, grant, password_in(seen(house)))
    assert state(house, view) == "shown"


@pytest.mark.parametrize(("fault", "still_works"), [("429", False), ("500", True), ("lost_answer", True)])
def test_password_that_slack_does_not_take_is_called_that(
    house: House, opener: Opener, fault: str, *, still_works: bool
) -> None:
    """A password that Slack surely did not show stops working; the others are unknown."""
    grant = house.active()
    view = click(house, opener, grant)
    house.sandbox.fault("views.update", fault, times=2, retry_after=1)
    show_credentials(house.context, view.id)
    assert _said(house).startswith("Slack did not confirm the new password")
    assert _said(house).endswith(ANEW)
    assert state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    assert works(house, grant, _sent(house)) is still_works


def test_slack_that_takes_nothing_for_a_while_is_told_later(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    house.sandbox.fault("views.update", "429", times=3, retry_after=60)
    with pytest.raises(SlackFailure):
        show_credentials(house.context, view.id)
    assert MAKING in seen(house)
    assert not works(house, grant, _sent(house))
    after = _a_while_later(house)
    with pytest.raises(SlackFailure):
        show_credentials(after, view.id)
    assert _waiting(house, after) == [view.id]
    show_credentials(after, view.id)
    assert _said(house) == UNFINISHED
    assert _waiting(house, after) == []


def test_refusal_that_slack_does_not_take_is_told_later(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    house.surrender(grant)
    house.sandbox.fault("views.update", "429", retry_after=60)
    with pytest.raises(SlackFailure):
        show_credentials(house.context, view.id)
    assert _waiting(house) == [view.id]
    show_credentials(house.context, view.id)
    assert _said(house).startswith("Revoking since ")
    assert _waiting(house) == []


def test_modal_that_was_closed_ends_all_the_same(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    person = house.sandbox.person(MAYA)
    top = person.view()
    assert top is not None
    person.close(top)
    show_credentials(house.context, view.id)
    assert state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    assert not works(house, grant, _sent(house)), "no person saw it"


def _sent(house: House) -> str:
    """The password that was put into a modal last, taken or not."""
    sent = house.sandbox.traffic(direction="from_app", method="views.update")
    return str(re.findall(r"```(\w+)```", str([record.body for record in sent]))[-1])
