"""A password is made at the click, shown to the holder alone, and kept nowhere."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import AlreadyDecided, DuplicateRequest, NotYours, UnknownPerson
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.operations.directory.refresh import refresh_directory
from dbaccess.operations.grants.credentials import DOUBLE_CLICK, is_double_click, show_credentials
from dbaccess.slack.views import credentials
from sandbox.client import wait_for
from tests.databases import ControlDatabase, PostgresServer
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import House, down
from tests.integration.operations.opener import Opener
from tests.integration.operations.showing import click, password_in, seen, state, verifier, works
from tests.operations.edited_policies import edit
from tests.operations.house import MAYA, PRIYA, SECOND_MAYA, TOM, at_once
from tests.operations.passwords import ask


def test_holder_is_shown_a_password_that_works(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    show_credentials(house.context, view.id)
    assert works(house, grant, password_in(seen(house)))
    assert state(house, view) == "shown"
    assert house.kinds()[-3:] == ["credentials.requested", "credentials.started", "credentials.set"]


def test_second_account_of_the_holder_is_the_holder(house: House, opener: Opener) -> None:
    grant = house.active()
    show_credentials(house.context, click(house, opener, grant, SECOND_MAYA).id)
    assert works(house, grant, password_in(seen(house, SECOND_MAYA)))


def test_name_given_to_another_person_opens_nothing_of_its_former_bearer(
    house: House, opener: Opener
) -> None:
    """Bot and worker have a new configuration, the worker's being right."""
    grant, before = house.active(), house.policy
    house.policy = replace(before, aliases={**before.aliases, TOM: PersonId("maya")})
    forged = click(house, opener, grant, TOM)
    edit(house, replace(before, aliases={TOM: PersonId("maya"), MAYA: PersonId("maya-l")}))
    show_credentials(house.context, forged.id)
    assert state(house, forged) == "failed"
    assert verifier(house, grant) is None
    with pytest.raises(NotYours):
        ask(house, grant, "V0OTHER", TOM)
    show_credentials(house.context, click(house, opener, grant).id)
    assert works(house, grant, password_in(seen(house)))


def test_worker_shows_nothing_to_an_account_that_was_not_read_lately(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    with house.worker.begin() as connection:
        connection.exec_driver_sql("update directory_people set read_at = read_at - interval '31 min'")
    show_credentials(house.context, view.id)
    assert state(house, view) == "failed"
    assert verifier(house, grant) is None


@pytest.mark.parametrize("who", [TOM, PRIYA])
def test_only_the_holder_is_shown_a_password(house: House, who: SlackId) -> None:
    grant = house.active()
    with pytest.raises(NotYours):
        ask(house, grant, "V0FORGED", who)
    assert "credentials.requested" not in house.kinds()


def test_no_password_before_the_grant_is_active_nor_after(house: House) -> None:
    grant = house.approved()
    with pytest.raises(AlreadyDecided):
        ask(house, grant, "V0EARLY")
    grant = house.active(role="migrate")
    house.surrender(grant)
    with pytest.raises(AlreadyDecided):
        ask(house, grant, "V0LATE")


def test_grant_that_ends_before_the_worker_comes_gets_no_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    house.surrender(grant)
    show_credentials(house.context, view.id)
    assert "No password is made any more" in seen(house)
    assert state(house, view) == "failed"
    assert not {"credentials.started", "credentials.set"} & set(house.kinds())


def test_grant_that_ends_while_the_password_is_set_shows_none(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    show_credentials(eventful(house, at_fence=lambda: house.surrender(grant)), view.id)
    assert "```" not in seen(house)
    assert state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    assert verifier(house, grant) is None


def test_holder_deactivated_after_the_click_gets_no_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    house.sandbox.deactivate(MAYA)
    refresh_directory(house.context, people=[MAYA])
    show_credentials(house.context, view.id)
    assert state(house, view) == "failed"
    assert verifier(house, grant) is None
    with pytest.raises(UnknownPerson):
        ask(house, grant, "V0AGAIN")


def test_second_showing_replaces_the_first_password(house: House, opener: Opener) -> None:
    grant = house.active()
    show_credentials(house.context, click(house, opener, grant).id)
    first = password_in(seen(house))
    show_credentials(house.context, click(house, opener, grant).id)
    assert "no longer works" in seen(house)
    second = password_in(seen(house))
    assert first != second
    assert (works(house, grant, first), works(house, grant, second)) == (False, True)


def test_window_that_still_shows_the_older_password_says_that_it_is_dead(
    house: House, opener: Opener
) -> None:
    grant = house.active()
    show_credentials(house.context, click(house, opener, grant, SECOND_MAYA).id)
    first = password_in(seen(house, SECOND_MAYA))
    show_credentials(house.context, click(house, opener, grant, MAYA).id)
    assert "A newer password was made" in seen(house, SECOND_MAYA)
    assert first not in seen(house, SECOND_MAYA)
    assert works(house, grant, password_in(seen(house, MAYA)))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_later_of_two_concurrent_clicks_stands(house: House, opener: Opener, moment: str) -> None:
    grant = house.active()
    earlier, later = click(house, opener, grant, SECOND_MAYA), click(house, opener, grant, MAYA)
    overtake = {moment: lambda: show_credentials(house.context, later.id)}
    show_credentials(eventful(house, **overtake), earlier.id)
    assert "```" not in seen(house, SECOND_MAYA)
    assert "You asked again meanwhile" in seen(house, SECOND_MAYA)
    assert works(house, grant, password_in(seen(house, MAYA)))


def test_earlier_password_is_not_set_once_a_later_one_is_under_way(house: House, opener: Opener) -> None:
    grant = house.active()
    earlier, later = click(house, opener, grant, SECOND_MAYA), click(house, opener, grant, MAYA)
    with ThreadPoolExecutor(1) as pool:
        under_way: list[Future[None]] = []

        def overtake() -> None:
            under_way.append(pool.submit(show_credentials, house.context, later.id))
            wait_for(lambda: state(house, later) == "started")

        show_credentials(eventful(house, at_fence=overtake), earlier.id)
        under_way[0].result(30)
    assert (state(house, earlier), state(house, later)) == ("failed", "shown")
    # The two workers write into this modal at once; either text is true.
    said = seen(house, SECOND_MAYA)
    assert "You asked again meanwhile" in said or "A newer password was made" in said
    assert house.kinds().count("credentials.set") == 1
    assert works(house, grant, password_in(seen(house, MAYA)))


@pytest.mark.parametrize("recorded", ["in order", "the other way round"])
@pytest.mark.parametrize("done", ["in order", "the other way round", "at once"])
def test_double_click_shows_a_password_in_the_modal_that_slack_kept(
    house: House, opener: Opener, recorded: str, done: str
) -> None:
    """The second modal replaces the first, and two threads of the bot may record them in any order."""
    grant = house.active()
    loading = credentials.loading(login=None, target=grant.target)
    modals = [opener.open(MAYA, loading), opener.open(MAYA, loading)]
    views = [ask(house, grant, modal) for modal in (modals if recorded == "in order" else modals[::-1])]
    jobs = [partial(show_credentials, house.context, view.id) for view in views]
    if done == "at once":
        at_once(*jobs)
    else:
        for job in jobs if done == "in order" else jobs[::-1]:
            job()
    shown = seen(house)
    if "```" not in shown:
        # Two workers at once; never a password that does not work.
        assert done == "at once"
        assert "pressed twice" in shown
    else:
        assert works(house, grant, password_in(shown))


def test_click_of_another_account_or_long_after_is_no_double_click(house: House) -> None:
    grant = house.active()
    first, second = ask(house, grant, "V0ONE"), ask(house, grant, "V0TWO")
    assert is_double_click(first, second)
    assert not is_double_click(first, replace(second, slack_id=SECOND_MAYA))
    later = first.requested_at + DOUBLE_CLICK + timedelta(seconds=1)
    assert not is_double_click(first, replace(second, requested_at=later))


def test_job_repeated_or_done_twice_at_once_makes_one_password(house: House, opener: Opener) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    assert at_once(*[lambda: show_credentials(house.context, view.id)] * 3) == [None] * 3
    password = password_in(seen(house))
    show_credentials(house.context, view.id)
    assert password_in(seen(house)) == password
    assert house.kinds().count("credentials.set") == 1
    assert works(house, grant, password)


def test_click_replayed_asks_for_nothing(house: House, opener: Opener) -> None:
    grant = house.active()
    ask(house, grant, "V0ONE", key="the-click")
    with pytest.raises(DuplicateRequest):
        ask(house, grant, "V0ONE", key="the-click")
    assert house.kinds().count("credentials.requested") == 1


def test_target_down_shows_no_password_and_says_so(
    house: House, opener: Opener, target_postgres: PostgresServer
) -> None:
    grant = house.active()
    view = click(house, opener, grant)
    with down(target_postgres):
        show_credentials(house.context, view.id)
    assert "orders-prod did not answer" in seen(house)
    assert "```" not in seen(house)
    assert state(house, view) == "failed"
    assert "credentials.set" not in house.kinds()
    show_credentials(house.context, click(house, opener, grant).id)
    assert works(house, grant, password_in(seen(house)))


def test_password_is_nowhere_in_the_control_database(
    house: House, opener: Opener, control_database: ControlDatabase
) -> None:
    grant = house.active()
    show_credentials(house.context, click(house, opener, grant).id)
    password = password_in(seen(house))
    house.notify(grant.request_id)
    everything = _dump(control_database.superuser_url)
    assert grant.recipe is not None
    assert grant.recipe.login in everything, "the dump shows what is there"
    assert "credentials.set" in everything
    assert password not in everything
    assert "SCRAM-SHA-256" not in everything
    said = house.sandbox.traffic(direction="from_app")
    assert [record.method for record in said if password in str(record.body)] == ["views.update"]
    assert not any("SCRAM-SHA-256" in str(record.body) for record in said)


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
