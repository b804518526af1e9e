"""A report and its verifier know every event that begins the end of a grant."""

import dbaccess_verify_columns
from dbaccess.audit.report.end_columns import _CUT
from dbaccess.audit.report.grant_row import _STATES
from dbaccess.domain.grant import GrantState
from dbaccess.domain.lifecycle import GRANT_TRANSITIONS


def test_each_event_that_leads_to_revoking_is_known() -> None:
    ends = {
        event
        for (before, event), (after, _) in GRANT_TRANSITIONS.items()
        if after is GrantState.REVOKING and before is not GrantState.REVOKING
    }
    assert set(_CUT) == ends
    assert {event for event, state in _STATES.items() if state == "revoking"} == ends
    assert {*dbaccess_verify_columns.CUTS} == ends
