"""Metrics of break-glasses with a pending review."""

from dbaccess.operations.grants.provision import provision
from tests.operations.break_glass import RULE, close_review, granted, invoke, review_of
from tests.operations.house import House, later
from tests.operations.setting import BuildHouse
from workers.metrics import StateCollector


def _figures(house: House, *, minutes: int = 0) -> dict[str, float]:
    collector = StateCollector(later(house, minutes=minutes))
    return {
        metric.name.removeprefix("dbaccess_"): metric.samples[0].value
        for metric in collector.collect()
        if metric.samples
    }


def test_owed_and_overdue_are_counted_and_are_no_requests_that_wait(build_house: BuildHouse[House]) -> None:
    with build_house(more=RULE) as house:
        request = invoke(house)
        provision(house.context, granted(house, request).id)
        now = _figures(house)
        assert (now["break_glass_reviews_owed"], now["break_glass_reviews_overdue"]) == (1, 0)
        assert now["requests_pending"] == 0
        assert _figures(house, minutes=60 * 24 + 1)["break_glass_reviews_overdue"] == 1
        close_review(house, review_of(house, request))
        assert _figures(house, minutes=60 * 24 + 1)["break_glass_reviews_owed"] == 0
