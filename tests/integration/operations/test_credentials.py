"""A password is made at the click, shown to the holder alone, and kept nowhere."""

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import AlreadyDecided, NotYours, Replayed, UnknownPerson
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.operations.credentials import ask_credentials, show_credentials
from dbaccess.operations.refresh_directory import refresh_directory
from dbaccess.slack.views import credentials
from sandbox.client import plain, wait_for
from tests.databases import ControlDatabase, PostgresServer
from tests.integration.operations.edited import edit
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import (
    MAYA,
    PRIYA,
    SECOND_MAYA,
    TOM,
    House,
    at_once,
    down,
    new_key,
)
from tests.integration.operations.opener import Opener, opening


@pytest.fixture
def opener(house: House) -> Iterator[Opener]:
    with opening(house.sandbox) as found:
        yield found


def _ask(house: House, grant: Grant, view_id: str, who: SlackId = MAYA, key: str = "") -> CredentialView:
    return ask_credentials(
        house.begin,
        policy=house.policy,
        workspace=house.workspace,
        slack_id=who,
        grant_id=grant.id,
        view_id=view_id,
        intake_key=key or new_key(),
    )


def _click(house: House, opener: Opener, grant: Grant, who: SlackId = MAYA) -> CredentialView:
    """The modal is open and says that a password is being made."""
    return _ask(house, grant, opener.open(who, credentials.loading(login=None, target=grant.target)), who)


def _seen(house: House, who: SlackId = MAYA) -> str:
    view = house.sandbox.person(who).view()
    assert view is not None
    return plain(view)


def _password(text: str) -> str:
    found = re.search(r"```\s*(\S+?)\s*```", text)
    assert found, text
    return found[1]


def _works(house: House, grant: Grant, password: str) -> bool:
    assert grant.recipe is not None
    try:
        psycopg.connect(house.access.login_url(grant.recipe.login, password), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _state(house: House, view: CredentialView) -> str:
    with house.work() as uow:
        return uow.credential_views.lock(view.id).state.value


def test_holder_is_shown_a_password_that_works(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    show_credentials(house.hands, view.id)
    assert _works(house, grant, _password(_seen(house)))
    assert _state(house, view) == "shown"
    assert house.kinds()[-3:] == ["credentials.requested", "credentials.started", "credentials.set"]


def test_second_account_of_the_holder_is_the_holder(house: House, opener: Opener) -> None:
    grant = house.active()
    show_credentials(house.hands, _click(house, opener, grant, SECOND_MAYA).id)
    assert _works(house, grant, _password(_seen(house, SECOND_MAYA)))


def test_name_that_is_somebody_elses_by_now_opens_nothing_of_who_had_it(house: House, opener: Opener) -> None:
    """Bot and worker have a new configuration, the worker's being right."""
    grant, before = house.active(), house.policy
    house.policy = replace(before, aliases={**before.aliases, TOM: PersonId("maya")})
    forged = _click(house, opener, grant, TOM)
    edit(house, replace(before, aliases={TOM: PersonId("maya"), MAYA: PersonId("maya-l")}))
    show_credentials(house.hands, forged.id)
    assert _state(house, forged) == "failed"
    assert _verifier(house, grant) is None
    with pytest.raises(NotYours):
        _ask(house, grant, "V0OTHER", TOM)
    show_credentials(house.hands, _click(house, opener, grant).id)
    assert _works(house, grant, _password(_seen(house)))


def test_worker_shows_nothing_to_an_account_that_was_not_read_lately(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    with house.worker.begin() as connection:
        connection.exec_driver_sql("update directory_people set read_at = read_at - interval '31 min'")
    show_credentials(house.hands, view.id)
    assert _state(house, view) == "failed"
    assert _verifier(house, grant) is None


@pytest.mark.parametrize("who", [TOM, PRIYA])
def test_nobody_else_is_shown_a_password(house: House, who: SlackId) -> None:
    grant = house.active()
    with pytest.raises(NotYours):
        _ask(house, grant, "V0FORGED", who)
    assert "credentials.requested" not in house.kinds()


def test_no_password_before_the_grant_is_active_nor_after(house: House) -> None:
    grant = house.approved()
    with pytest.raises(AlreadyDecided):
        _ask(house, grant, "V0EARLY")
    grant = house.active(role="migrate")
    house.surrender(grant)
    with pytest.raises(AlreadyDecided):
        _ask(house, grant, "V0LATE")


def test_grant_that_ends_before_the_worker_comes_gets_no_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    house.surrender(grant)
    show_credentials(house.hands, view.id)
    assert "No password is made any more" in _seen(house)
    assert _state(house, view) == "failed"
    assert not {"credentials.started", "credentials.set"} & set(house.kinds())


def test_grant_that_ends_while_the_password_is_set_shows_none(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    show_credentials(eventful(house, at_fence=lambda: house.surrender(grant)), view.id)
    assert "```" not in _seen(house)
    assert _state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    assert _verifier(house, grant) is None


def test_holder_deactivated_after_the_click_gets_no_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    house.sandbox.deactivate(MAYA)
    refresh_directory(house.hands, people=[MAYA])
    show_credentials(house.hands, view.id)
    assert _state(house, view) == "failed"
    assert _verifier(house, grant) is None
    with pytest.raises(UnknownPerson):
        _ask(house, grant, "V0AGAIN")


def test_click_of_long_ago_is_not_answered_with_a_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view_id = opener.open(MAYA, credentials.loading(login=None, target=grant.target))
    with house.begin() as uow:
        asked = CredentialView(
            id=CredentialViewId(0),
            grant_id=grant.id,
            slack_id=MAYA,
            view_id=view_id,
            state=CredentialState.REQUESTED,
            requested_at=uow.now - timedelta(minutes=3),
        )
        view = uow.credential_views.add(asked)
        uow.commit()
    show_credentials(house.hands, view.id)
    assert "```" not in _seen(house)
    assert _state(house, view) == "failed"
    assert _verifier(house, grant) is None


def test_second_showing_replaces_the_first_password(house: House, opener: Opener) -> None:
    grant = house.active()
    show_credentials(house.hands, _click(house, opener, grant).id)
    first = _password(_seen(house))
    show_credentials(house.hands, _click(house, opener, grant).id)
    assert "no longer works" in _seen(house)
    second = _password(_seen(house))
    assert first != second
    assert (_works(house, grant, first), _works(house, grant, second)) == (False, True)


def test_window_that_still_shows_the_older_password_says_that_it_is_dead(
    house: House, opener: Opener
) -> None:
    grant = house.active()
    show_credentials(house.hands, _click(house, opener, grant, SECOND_MAYA).id)
    first = _password(_seen(house, SECOND_MAYA))
    show_credentials(house.hands, _click(house, opener, grant, MAYA).id)
    assert "A newer password was made" in _seen(house, SECOND_MAYA)
    assert first not in _seen(house, SECOND_MAYA)
    assert _works(house, grant, _password(_seen(house, MAYA)))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_of_two_clicks_at_once_the_later_one_stands_whoever_is_faster(
    house: House, opener: Opener, moment: str
) -> None:
    grant = house.active()
    earlier, later = _click(house, opener, grant, SECOND_MAYA), _click(house, opener, grant, MAYA)
    overtake = {moment: lambda: show_credentials(house.hands, later.id)}
    show_credentials(eventful(house, **overtake), earlier.id)
    assert "```" not in _seen(house, SECOND_MAYA)
    assert "Asked for again meanwhile" in _seen(house, SECOND_MAYA)
    assert _works(house, grant, _password(_seen(house, MAYA)))


def test_earlier_password_is_not_set_once_a_later_one_is_under_way(house: House, opener: Opener) -> None:
    grant = house.active()
    earlier, later = _click(house, opener, grant, SECOND_MAYA), _click(house, opener, grant, MAYA)
    with ThreadPoolExecutor(1) as pool:
        under_way: list[Future[None]] = []

        def overtake() -> None:
            under_way.append(pool.submit(show_credentials, house.hands, later.id))
            wait_for(lambda: _state(house, later) == "started")

        show_credentials(eventful(house, at_fence=overtake), earlier.id)
        under_way[0].result(30)
    assert (_state(house, earlier), _state(house, later)) == ("failed", "shown")
    assert "Asked for again meanwhile" in _seen(house, SECOND_MAYA)
    assert house.kinds().count("credentials.set") == 1
    assert _works(house, grant, _password(_seen(house, MAYA)))


def test_job_repeated_or_done_twice_at_once_makes_one_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    assert at_once(*[lambda: show_credentials(house.hands, view.id)] * 3) == [None] * 3
    password = _password(_seen(house))
    show_credentials(house.hands, view.id)
    assert _password(_seen(house)) == password
    assert house.kinds().count("credentials.set") == 1
    assert _works(house, grant, password)


def test_click_replayed_asks_for_nothing(house: House, opener: Opener) -> None:
    grant = house.active()
    _ask(house, grant, "V0ONE", key="the-click")
    with pytest.raises(Replayed):
        _ask(house, grant, "V0ONE", key="the-click")
    assert house.kinds().count("credentials.requested") == 1


def test_target_down_shows_no_password_and_says_so(
    house: House, opener: Opener, target_postgres: PostgresServer
) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    with down(target_postgres):
        show_credentials(house.hands, view.id)
    assert "orders-prod did not answer" in _seen(house)
    assert "```" not in _seen(house)
    assert _state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    show_credentials(house.hands, _click(house, opener, grant).id)
    assert _works(house, grant, _password(_seen(house)))


def test_modal_closed_meanwhile_counts_as_not_shown(house: House, opener: Opener) -> None:
    grant = house.active()
    view = _click(house, opener, grant)
    person = house.sandbox.person(MAYA)
    top = person.view()
    assert top is not None
    person.close(top)
    show_credentials(house.hands, view.id)
    assert _state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()


def test_password_is_nowhere_in_the_control_database(
    house: House, opener: Opener, control_database: ControlDatabase
) -> None:
    grant = house.active()
    show_credentials(house.hands, _click(house, opener, grant).id)
    password = _password(_seen(house))
    house.notify(grant.request_id)
    everything = _dump(control_database.superuser_url)
    assert grant.recipe is not None
    assert grant.recipe.login in everything, "the dump shows what is there"
    assert "credentials.set" in everything
    assert password not in everything
    assert "SCRAM-SHA-256" not in everything
    said = [record for record in house.sandbox.traffic(direction="from_app") if password in str(record.body)]
    assert {record.method for record in said} == {"views.update"}


def _verifier(house: House, grant: Grant) -> str | None:
    assert grant.recipe is not None
    found = house.look("select rolpassword from pg_authid where rolname = %s", grant.recipe.login)
    return found[0][0] if found else None


def _dump(url: str) -> str:
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(
                sql.SQL("select t::text from public.{} t").format(sql.Identifier(table))
            )
            found += [row for (row,) in rows]
        found += [b for (b,) in connection.execute("select convert_from(body, 'utf8') from public.ledger")]
    return "\n".join(found)
