"""Break-glass through the processes: told first, given at once, and closed by somebody else."""

from pathlib import Path

import pytest

from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import CHANNEL, Stack, wait, wait_message
from tests.databases import TargetDatabase

pytestmark = pytest.mark.timeout(240)

RULE = """
[[rules]]
id = "prod-emergency"
env = ["prod"]
access = ["read", "ddl"]
requester = ["engineers"]
max = "30m"
break_glass = true
review_by = "dba"
review_within = "24h"
"""


@pytest.fixture
def glass(stack: Stack) -> Stack:
    """Bot and workers have a break-glass rule."""
    _configure(stack.config, RULE)
    for name, start in (("workers", stack.start_workers), ("bot", stack.start_bot)):
        stack.stop(name)
        start()
    talk.until_ready(stack)
    return stack


def _configure(path: Path, more: str) -> None:
    path.write_text(path.read_text() + more)


def test_access_comes_at_once_but_not_before_the_channel_was_told(
    glass: Stack, target_database: TargetDatabase
) -> None:
    maya, priya = glass.person("U0MAYA"), glass.person("U0PRIYA")
    glass.sandbox.fault("chat.postMessage", "500", times=1000)
    answer = talk.say(glass, "break-glass orders-prod read 10m Payments down, INC-881")
    assert "Break-glass: no approval is asked" in plain(answer)
    wait(lambda: records.rows(glass, "select 1 from grants where last_failure = 'unannounced'"), 60)
    assert records.rows(glass, "select state, recipe from grants") == [("provisioning", None)]
    glass.sandbox.clear_faults()

    told = wait_message(
        lambda: priya.messages(CHANNEL), "Break-glass: Maya Lindqvist, read on orders-prod", seconds=90
    )
    login = journey.show_credentials(glass, journey.active(glass))
    with journey.connect(glass, login, target_database.name) as session:
        assert session.execute("select count(*) from shop.orders").fetchone()
    order = [kind for (kind,) in records.rows(glass, "select kind from ledger order by seq")]
    assert order.index("break_glass.announced") < order.index("grant.provision_started")

    refused = talk.say(glass, "break-glass orders-prod migrate 10m Payments down, INC-882")
    assert "is not reviewed yet" in plain(refused)
    listed = talk.say(glass, "list", "U0PRIYA")
    assert "Break-glass reviews owed" in plain(listed)
    view = talk.open_by(glass, told, "Review", "Review break-glass", "U0PRIYA")
    priya.choose(view, "judge.verdict", "justified")
    assert set(priya.submit(view).errors) == {"judge.note"}
    priya.type(view, "judge.note", "INC-881, stock fixed.")
    assert priya.submit(view).errors == {}
    wait_message(
        lambda: priya.thread(told.channel, told.ts),
        'Reviewed by <@U0PRIYA>: justified. "INC-881, stock fixed."',
    )
    wait_message(maya.direct_messages, "Your break-glass, read on orders-prod: Reviewed by")
    assert glass.cli("ledger", "verify").returncode == 0


def test_form_breaks_the_glass_and_nobody_reviews_their_own(glass: Stack) -> None:
    maya = glass.person("U0MAYA")
    assert maya.command("/dbaccess", "break-glass", channel=CHANNEL).error is None
    view = maya.wait_view(lambda view: view.title == "Break-glass")
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
        lambda: maya.messages(CHANNEL), "Break-glass: Maya Lindqvist, read on orders-prod, 15 min"
    )
    assert "Your own request: somebody else in dba" in plain(talk.answer_to(glass, told, "Review"))
    wait(lambda: records.rows(glass, "select 1 from grants where state = 'active'"), 60)
    assert "Your read on orders-prod, due" in plain(talk.say(glass, "list"))
