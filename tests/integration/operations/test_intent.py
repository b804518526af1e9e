"""The intent is committed before a target is touched, and the result afterwards."""

from collections.abc import Callable

from dbaccess.domain.grant import Grant
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.apply_extension import apply_extension
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import House
from tests.operations.extensions import allow, ask_more


def _on_record(house: House, work: Callable[[WorkerContext], object]) -> tuple[str, str]:
    """The last fact that others read in the ledger right before the driver works, and right after it."""
    seen: dict[str, str] = {}

    def look(moment: str) -> Callable[[], None]:
        return lambda: seen.update({moment: house.kinds()[-1]})

    work(eventful(house, before=look("before"), after=look("after")))
    return seen["before"], seen["after"]


def test_intent_to_give_is_committed_first_and_active_is_said_last(house: House) -> None:
    grant = house.approved()
    assert _on_record(house, lambda context: provision(context, grant.id)) == ("grant.provision_started",) * 2
    assert house.kinds()[-1] == "grant.activated"


def test_intent_to_give_more_time_is_committed_first_and_extended_is_said_last(house: House) -> None:
    allow(house)
    grant = house.active()
    house.review(ask_more(house, grant))
    assert (
        _on_record(house, lambda context: apply_extension(context, grant.id)) == ("grant.extend_started",) * 2
    )
    assert house.kinds()[-1] == "grant.extended"


def test_intent_to_take_is_committed_first_and_ended_is_said_last(house: House) -> None:
    grant: Grant = house.active()
    revoke_by_operator(house.work, actor="cli:olga@desk", grant_id=grant.id, reason="laptop lost")
    assert _on_record(house, lambda context: drain(context, "main")) == ("grant.revoke_started",) * 2
    assert house.kinds()[-1] == "grant.ended"
