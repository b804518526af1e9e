"""An unforeseen failure belongs to one grant: it is recorded, alarms, and keeps no other grant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import pytest

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestId
from dbaccess.domain.request_details import RequestDetails
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants import claim
from dbaccess.operations.grants import lease as lease_module
from dbaccess.operations.grants import provision as provision_module
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.ports import UnitOfWork
from dbaccess.slack.renderer import Views
from tests.operations import extensions
from tests.operations.house import MAYA, TOM, House, later
from tests.operations.odd_driver import with_odd_driver

STRANGE: tuple[Callable[[], Exception], ...] = (
    lambda: UnicodeDecodeError("utf-8", b"gr\xfcn", 2, 3, "invalid start byte"),
    lambda: KeyError("login"),
    MemoryError,
    RecursionError,
)
strange = pytest.mark.parametrize("error", STRANGE, ids=lambda made: type(made()).__name__)


def _odd(house: House, bad: Grant, at: str, error: Callable[[], Exception]) -> WorkerContext:
    assert bad.recipe is not None
    return with_odd_driver(house, bad=bad.recipe.login, at=at, error=error)


def _three(house: House) -> tuple[Grant, list[Grant]]:
    """One of them, and all; each is on its way out."""
    grants = [house.active(MAYA), house.active(TOM), house.active(MAYA, "write")]
    for grant, who in zip(grants, (MAYA, TOM, MAYA), strict=True):
        house.surrender(grant, who)
    return grants[1], grants


def _others_ended(house: House, bad: Grant, grants: Sequence[Grant]) -> None:
    for grant in grants:
        if grant.id != bad.id:
            ended = house.grant(grant.id)
            assert (ended.state, isinstance(ended.receipt, Receipt)) == ("ended", True)


def _failures(house: House, grant_id: GrantId) -> list[Any]:
    return [e["data"] for e in house.ledger("grant.revoke_failed") if e["grant"] == grant_id]


@strange
def test_strange_failure_of_one_end_is_its_own_and_alarms_after_the_third(
    house: House, error: Callable[[], Exception]
) -> None:
    bad, grants = _three(house)
    context = _odd(house, bad, "revoke", error)
    assert drain(context, "main") == 3
    _others_ended(house, bad, grants)
    for attempt in (1, 2, 3):
        failed = house.grant(bad.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("revoking", attempt, "unexpected")
        assert ("ops.overdue" in house.planned(bad.request_id)) == (attempt == 3)
        house.next_try_now(bad.id)
        drain(context, "main") if attempt < 3 else drain(house.context, "main")
    assert house.grant(bad.id).state == "ended"
    assert [data["code"] for data in _failures(house, bad.id)] == ["unexpected"] * 3
    assert type(error()).__name__ in _failures(house, bad.id)[0]["said"]


@strange
def test_strange_failure_while_one_is_cut_off_keeps_no_end(
    house: House, error: Callable[[], Exception]
) -> None:
    bad, grants = _three(house)
    drain(_odd(house, bad, "cut_off", error), "main")
    _others_ended(house, bad, grants)
    assert house.grant(bad.id).state == "ended", "it is cut off again where it is revoked"


def test_extension_that_cannot_be_closed_does_not_keep_its_grant(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    extensions.allow(house)
    grants = [house.active(seconds=60), house.active(TOM, seconds=60)]
    house.review(extensions.ask_more(house, grants[0]))

    def broken(*_: object) -> Grant:
        raise KeyError("terms")

    monkeypatch.setattr(claim, "give_up", broken)
    drain(replace(house.context, begin=later(house, minutes=5)), "main")
    assert [house.grant(grant.id).state for grant in grants] == ["ended", "ended"]


@pytest.mark.parametrize("at", ["facts", "provision"])
@strange
def test_strange_failure_while_a_grant_is_made_is_recorded_and_tried_again(
    house: House, error: Callable[[], Exception], at: str
) -> None:
    grant = house.approved()
    broken = with_odd_driver(house, bad="*", at=at, error=error)
    for attempt in (1, 2, 3):
        house.next_try_now(grant.id)
        provision(broken, grant.id)
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("provisioning", attempt, "unexpected")
    assert {"dm.problem", "ops.problem"} <= house.planned(grant.request_id)
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).state == "active"


@dataclass(frozen=True)
class _OddDirectory:
    """Slack gives an unforeseen answer."""

    error: Callable[[], Exception]

    def members(self, *_: object) -> NoReturn:
        raise self.error()

    people = listed = named = members


def _odd_slack(house: House, error: Callable[[], Exception]) -> WorkerContext:
    return replace(house.context, directory=_OddDirectory(error))


def _problems(house: House, request_id: RequestId) -> set[str]:
    return house.planned(request_id) & {"dm.problem", "ops.problem"}


@strange
def test_strange_answer_of_slacks_before_a_grant_is_made_is_recorded_and_tried_again(
    house: House, error: Callable[[], Exception]
) -> None:
    grant = house.approved()
    broken = _odd_slack(house, error)
    for attempt in (1, 2, 3):
        assert not _problems(house, grant.request_id)
        house.next_try_now(grant.id)
        provision(broken, grant.id)
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("provisioning", attempt, "unexpected")
    assert _problems(house, grant.request_id) == {"dm.problem", "ops.problem"}
    late = replace(broken, begin=later(house, minutes=61))
    provision(late, grant.id)
    assert house.grant(grant.id).state == "revoking", "an approval that was not carried out in time is void"


def test_end_of_what_a_lost_attempt_may_have_given_is_not_fixed_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login is there; its worker could record neither success nor failure."""
    grant = house.approved()
    with monkeypatch.context() as broken:
        broken.setattr(provision_module, "_activate", _raise)
        broken.setattr(lease_module, "_record", _raise)
        provision(house.context, grant.id)
    begun = house.grant(grant.id)
    assert begun.expires_at is not None
    house.next_try_now(grant.id)
    provision(_odd_slack(house, STRANGE[0]), grant.id)
    failed = house.grant(grant.id)
    assert (failed.last_failure, failed.expires_at) == ("unexpected", begun.expires_at)
    house.next_try_now(grant.id)
    provision(house.context, grant.id)
    assert house.grant(grant.id).expires_at == begun.expires_at


def _raise(*_: object) -> NoReturn:
    raise KeyError("an unforeseen key")


@pytest.mark.parametrize("where", ["Slack", "target"])
@strange
def test_strange_failure_of_an_extension_is_recorded_told_after_the_third_and_tried_again(
    house: House, error: Callable[[], Exception], where: str
) -> None:
    extensions.allow(house)
    grant = house.active()
    request = extensions.ask_more(house, grant)
    house.review(request)
    broken = _odd_slack(house, error) if where == "Slack" else _odd(house, grant, "extend", error)
    for attempt in (1, 2, 3):
        assert not _problems(house, request.id)
        house.next_try_now(grant.id)
        apply_extension(broken, grant.id)
        apply_extension(broken, grant.id)  # too early
        failed = house.grant(grant.id)
        assert (failed.state, failed.attempts, failed.last_failure) == ("active", attempt, "unexpected")
    told = [e["data"] for e in house.ledger("grant.extend_failed")]
    assert [(data["code"], data["attempt"]) for data in told] == [("unexpected", n) for n in (1, 2, 3)]
    assert type(error()).__name__ in told[0]["said"]
    assert _problems(house, request.id) == {"dm.problem", "ops.problem"}
    house.next_try_now(grant.id)
    apply_extension(house.context, grant.id)
    assert "grant.extended" in house.kinds()


@pytest.mark.parametrize("give", [provision, apply_extension])
def test_lost_control_database_is_no_attempt(
    house: House, give: Callable[[WorkerContext, GrantId], None]
) -> None:
    extensions.allow(house)
    grant = house.approved()
    if give is apply_extension:
        provision(house.context, grant.id)
        house.review(extensions.ask_more(house, house.grant(grant.id)))
    before = house.grant(grant.id)
    with pytest.raises(_Lost):
        give(replace(house.context, begin=_lost_after(house, 2)), grant.id)
    assert house.grant(grant.id) == before


class _Lost(Exception):
    """The control database does not answer."""


def _lost_after(house: House, times: int) -> Callable[[], UnitOfWork]:
    """It answers so often, and then no more."""
    answers = iter(range(times))

    def begin() -> UnitOfWork:
        if next(answers, None) is None:
            raise _Lost
        return house.work()

    return begin


def test_message_that_cannot_be_rendered_keeps_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = house.active()
    render = Views.message

    def broken(self: Views, kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
        if kind is MessageKind.REQUEST:
            raise KeyError("a word")
        return render(self, kind, details, first=first)

    monkeypatch.setattr(Views, "message", broken)
    house.notify(grant.request_id)
    assert any("Active" in message.text for message in house.slack.person(MAYA).direct_messages())
