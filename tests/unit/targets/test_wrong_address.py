"""An address of another engine is a mistake in the configuration, and is never quoted."""

import traceback

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import TargetUnreachable
from tests.engines.postgresql import postgres_targets


@pytest.mark.parametrize("url", ["mysql://worker:hunter2@db1/orders", "http://worker:hunter2@db1"])
def test_address_of_another_engine_is_refused_without_its_password(url: str) -> None:
    driver = postgres_targets({"main": SecretStr(url)}, "acme").driver("main")
    with pytest.raises(TargetUnreachable) as refused:
        driver.facts()
    assert (refused.value.code, refused.value.touched) == ("configuration", False)
    assert "postgresql://user:password@host" in str(refused.value)
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))
    assert refused.value.__context__ is None
