"""Approve for less, through the window: who asked to change a schema for ten minutes may read it for five."""

import psycopg
import pytest

from dbaccess.slack.views.reduced_approval import LESS_FORM
from dbaccess.slack.views.request_message import APPROVE, APPROVE_FOR_LESS
from sandbox.client import View, plain
from tests.acceptance import journey, records, talk
from tests.acceptance.config import RULES
from tests.acceptance.stack import Stack
from tests.databases import TargetDatabase


@pytest.fixture(scope="module")
def rules() -> str:
    """The change of a schema takes two people."""
    return RULES.replace("count = 1", "count = 2")


def _open(stack: Stack, who: str) -> View:
    waiting = talk.waiting(stack, records.last_request(stack))
    return talk.open_by(stack, waiting, APPROVE_FOR_LESS, LESS_FORM, who)


def _offered(view: View, action_id: str) -> list[str]:
    return [option["text"]["text"] for option in view.element(action_id)["options"]]


def test_shorter_and_narrower_is_what_is_granted_and_everybody_knows_by_whom(
    line: Stack, shared_target: TargetDatabase
) -> None:
    talk.ask(line, "orders-prod migrate 10m looking into #4512")
    priya, sam = line.person("U0PRIYA"), line.person("U0SAM")
    older = _open(line, "U0SAM")
    sam.choose(older, "reduced_approval.duration", "1m")

    view = _open(line, "U0PRIYA")
    assert _offered(view, "reduced_approval.duration")[-2:] == ["5 min", "10 min, as asked"]
    assert _offered(view, "reduced_approval.role") == ["read", "migrate, as asked"]
    priya.choose(view, "reduced_approval.duration", "10m")
    assert priya.submit(view).errors == {
        "reduced_approval.duration/migrate": "Less than 10 min, please pick one."
    }
    priya.choose(view, "reduced_approval.duration", "5m")
    priya.choose(view, "reduced_approval.role", "read")
    assert priya.submit(view).errors == {}

    waiting = journey.approval(
        line, "Waiting: Maya Lindqvist (maya)", "read, 5 min instead of migrate, 10 min"
    )
    meanwhile = "Priya Nair (U0PRIYA) approved read, 5 min meanwhile. Look again."
    assert sam.submit(older).errors == {"reduced_approval.duration/migrate": meanwhile}
    sam.close(older)
    assert sam.click(waiting, action_id=APPROVE, confirmed=True).sent

    journey.approval(
        line, "Active: Maya Lindqvist (maya), read on orders-prod, 5 min (asked migrate, 10 min)"
    )
    told = talk.holders_message(line)
    assert "Active: read on orders-prod" in plain(told)
    assert "approved read, 5 min instead of migrate, 10 min" in plain(told)
    login = journey.show_credentials(line, told)
    with journey.connect(line, login, shared_target.name) as session:
        assert session.execute("select count(*) from shop.orders").fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("create table shop.more ()")
