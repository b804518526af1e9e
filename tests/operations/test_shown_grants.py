"""`dbaccess grants show` on a grant that ended: its receipt in words for people, and as data for programs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dbaccess.cli import grants
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import UnitOfWorkFactory
from tests.operations.house import House


def test_receipt_is_lines_for_people_and_stays_data_for_programs(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grant = house.active()
    house.surrender(grant)
    drain(house.context, "main")

    @contextmanager
    def control() -> Iterator[UnitOfWorkFactory]:
        yield house.work

    monkeypatch.setattr(grants, "control", control)
    grants.show(grant.label)
    shown = capsys.readouterr().out
    for line in ("examined 20", "role removed", "login removed", "none left"):
        assert line in shown
    assert "{" not in shown
    grants.show(grant.label, as_json=True)
    assert json.loads(capsys.readouterr().out)["receipt"]["login_removed"] is True
