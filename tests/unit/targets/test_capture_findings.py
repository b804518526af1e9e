"""Findings of doctor about settings of a log that no server here can have."""

from dbaccess.targets.postgresql.examine_capture import language_findings


def test_language_that_is_not_read_is_named_with_its_cost() -> None:
    (found,) = language_findings("pl_PL.UTF-8")
    assert "pl_PL.UTF-8" in found.what
    assert "nothing is captured" in found.what
    assert (found.ok, "lc_messages" in found.fix) == (False, True)
    assert [
        *language_findings("de_DE.UTF-8"),
        *language_findings("C"),
        *language_findings("en_US.utf8"),
    ] == []
