"""A cluster's URL with a login that may give nothing is an error in the log, and stops no worker."""

import pytest
from structlog.testing import capture_logs

from dbaccess.operations.clusters.checks import check_login
from tests.operations.house import House


def test_login_that_may_give_nothing_is_logged_as_an_error(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as logged:
        check_login(house.context, "main")
        assert logged == []
        driver = type(house.context.targets.driver("main"))
        monkeypatch.setattr(driver, "wrong_login", lambda _: "the URL is an administrator's")
        check_login(house.context, "main")
    (line,) = logged
    assert (line["log_level"], line["cluster"]) == ("error", "main")
    assert line["why"] == "the URL is an administrator's"
