"""Break-glass through the processes: announced first, given at once, and closed by another person."""

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg
import pytest

from dbaccess.slack.views.break_form import BREAK_FORM
from dbaccess.slack.views.break_glass import REVIEW_BREAK_GLASS
from dbaccess.slack.views.break_glass_review import REVIEW_FORM
from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.break_glass import RULE, configure
from tests.acceptance.config import RULES
from tests.acceptance.second_sink import Sink, syslog, web_hook
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message
from tests.databases import TargetDatabase


@pytest.fixture(scope="module")
def rules() -> str:
    """The usual ones, and one for break-glass."""
    return RULES + RULE


def test_access_comes_at_once_but_not_before_the_channel_was_told(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    maya, priya = stack.person("U0MAYA"), stack.person("U0PRIYA")
    stack.sandbox.fault("chat.postMessage", "500", times=1000)
    answer = talk.say(stack, "break-glass orders-prod read 10m Payments down, INC-881")
    assert "Break-glass: no approval is asked" in plain(answer)
    wait(lambda: records.rows(stack, "select 1 from grants where last_failure = 'unannounced'"))
    assert records.rows(stack, "select state, recipe from grants") == [("provisioning", None)]
    stack.sandbox.clear_faults()

    told = wait_message(
        lambda: priya.messages(CHANNEL), "Break-glass: Maya Lindqvist (maya), read on orders-prod"
    )
    login = journey.show_credentials(stack, talk.holders_message(stack))
    with journey.connect(stack, login, shared_target.name) as session:
        assert session.execute("select count(*) from shop.orders").fetchone()
    order = records.kinds(stack, records.last_request(stack))
    assert order.index("break_glass.announced") < order.index("grant.provision_started")

    refused = talk.say(stack, "break-glass orders-prod migrate 10m Payments down, INC-882")
    assert "is not reviewed yet" in plain(refused)
    listed = talk.say(stack, "list", "U0PRIYA")
    assert "Break-glass reviews owed" in plain(listed)
    view = talk.open_by(stack, told, REVIEW_BREAK_GLASS, REVIEW_FORM, "U0PRIYA")
    priya.choose(view, "break_glass_review.verdict", "justified")
    assert set(priya.submit(view).errors) == {"break_glass_review.note"}
    priya.type(view, "break_glass_review.note", "INC-881, stock fixed.")
    assert priya.submit(view).errors == {}
    wait_message(
        lambda: priya.thread(told.channel, told.ts),
        "Reviewed by <@U0PRIYA>, justified:\n> INC-881, stock fixed.",
    )
    wait_message(maya.direct_messages, "Your break-glass, read on orders-prod: Reviewed by")
    records.check_ledger(stack)


def test_form_breaks_the_glass_and_holders_cannot_review_their_own(stack: Stack) -> None:
    maya = stack.person("U0MAYA")
    assert maya.command("/dbaccess", "break-glass", channel=CHANNEL).error is None
    view = talk.modal(maya, BREAK_FORM)
    maya.choose(view, "break.what", "orders-prod/read")
    view = maya.wait_view(lambda view: "break.duration" in view.action_ids())
    assert "Starts at once. dba is told now" in plain(view)
    maya.type(view, "break.reason", "Payments")
    assert "How long" not in maya.submit(view).errors
    maya.choose(view, "break.duration", "15m")
    assert set(maya.submit(view).errors) == {"break.reason"}
    maya.type(view, "break.reason", "Payments down, INC-881")
    assert maya.submit(view).errors == {}
    assert maya.view() is None
    told = wait_message(
        lambda: maya.messages(CHANNEL), "Break-glass: Maya Lindqvist (maya), read on orders-prod, 15 min"
    )
    assert "Your own request: somebody else in dba" in plain(talk.answer_to(stack, told, REVIEW_BREAK_GLASS))
    wait(lambda: records.rows(stack, "select 1 from grants where state = 'active'"))
    assert "Your read on orders-prod, due" in plain(talk.say(stack, "list"))


@pytest.mark.parametrize(("named", "serve"), [("syslog", syslog), ("webhook", web_hook)])
def test_second_sink_is_told_before_the_target_is_touched_where_slack_takes_no_message(
    stack: Stack,
    shared_target: TargetDatabase,
    named: str,
    serve: Callable[[Sink], AbstractContextManager[None]],
) -> None:
    sink = Sink(look=lambda: _touched(stack, shared_target))
    with serve(sink):
        _with_second_sink(stack, named, sink)
        stack.sandbox.fault("chat.postMessage", "500", times=1000)
        talk.say(stack, "break-glass orders-prod read 10m Payments down, INC-881")
        wait(lambda: records.rows(stack, "select 1 from grants where state = 'active'"))
    ((text, touched),) = sink.heard
    assert "Break-glass: Maya Lindqvist (maya), read on orders-prod, 10 min." in text
    assert text.endswith(f"R-{records.last_request(stack)}: Payments down, INC-881")
    assert touched == []
    assert _touched(stack, shared_target) != []
    assert records.rows(stack, "select place from announcements") == [(named,)]
    order = records.kinds(stack, records.last_request(stack))
    assert order.index("break_glass.announced") < order.index("grant.provision_started")

    stack.sandbox.clear_faults()
    priya = stack.person("U0PRIYA")
    wait_message(lambda: priya.messages(CHANNEL), "Break-glass: Maya Lindqvist (maya)", "Active since")
    assert "secret-path" not in stack.logs()


def test_nothing_is_given_while_neither_slack_nor_the_second_sink_takes_it(
    stack: Stack, shared_target: TargetDatabase
) -> None:
    sink = Sink(look=lambda: None, takes=False)
    with web_hook(sink):
        _with_second_sink(stack, "webhook", sink)
        stack.sandbox.fault("chat.postMessage", "500", times=1000)
        talk.say(stack, "break-glass orders-prod read 10m Payments down, INC-881")
        wait(lambda: len(sink.heard) > 1)
        wait(lambda: records.rows(stack, "select 1 from grants where last_failure = 'unannounced'"))
        assert records.rows(stack, "select state, recipe from grants") == [("provisioning", None)]
        assert _touched(stack, shared_target) == []
        assert records.rows(stack, "select 1 from announcements") == []
        sink.takes = True
        wait(lambda: records.rows(stack, "select 1 from grants where state = 'active'"))
    assert "secret-path" not in stack.logs()


def _with_second_sink(stack: Stack, named: str, sink: Sink) -> None:
    stack.of_workers[f"DBACCESS_BREAK_GLASS_{named.upper()}"] = sink.address
    configure(stack, f'\n[break_glass]\nsecond_sink = "{named}"\n')


def _touched(stack: Stack, target: TargetDatabase) -> list[object]:
    """The records of a begin in the control database, and the logins on the target."""
    begun = records.rows(stack, "select id from grants where recipe is not null or expires_at is not null")
    installation = tomllib.loads(stack.config.read_text())["installation"]
    with psycopg.connect(target.superuser_url) as connection:
        named = "select rolname from pg_roles where rolname like %s"
        return [*begun, *connection.execute(named, [f"jit\\_{installation}\\_%"]).fetchall()]
