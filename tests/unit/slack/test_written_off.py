"""A grant that two operators gave up: every message says that its end is not verified."""

import pytest

from dbaccess.domain.grant import GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack import examples
from tests.unit.slack.examples import at

WRITTEN_OFF = examples.granted(GrantState.WRITTEN_OFF)


@pytest.mark.parametrize(
    "kind",
    [
        MessageKind.REQUEST,
        MessageKind.THREAD_ENDED,
        MessageKind.ACTIVE,
        MessageKind.REMINDER,
        MessageKind.ENDED,
        MessageKind.NEVER_ACTIVE,
        MessageKind.OVERDUE,
        MessageKind.CHANNEL_OVERDUE,
        MessageKind.OPS_PROBLEM,
    ],
)
def test_written_off_never_reads_as_ended(kind: MessageKind) -> None:
    said = str(render(kind, WRITTEN_OFF, first=False))
    assert "Written off, not verified" in said
    assert "server scrapped" in said
    assert "cli:sam@db1 and cli:priya@db1" in said
    assert "The end of access to orders-prod was not verified." in said
    assert "Ended" not in said
    assert "Receipt" not in said


def test_operators_are_told_to_take_it_as_open() -> None:
    details = examples.granted(GrantState.WRITTEN_OFF, written_off_at=at(300))
    said = str(render(MessageKind.OVERDUE, details, first=False))
    assert "*Assume it is still open:* jit_acme_maya_7f3a, if the target comes back." in said
