"""A process begins only on a direct connection to the control database."""

import re
from functools import partial

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import CannotStart
from dbaccess.storage.first_connection import look_first
from tests.databases import ControlDatabase
from tests.relay import relay

_KEY = re.compile(rb"K\x00\x00\x00\x0c.{4}", re.DOTALL)
_OTHER_KEY = b"K\x00\x00\x00\x0c\x7f\x00\x00\x01"


@pytest.mark.parametrize("process", ["bot", "worker"])
def test_pooler_is_refused_that_takes_our_settings_and_ignores_them(
    control_database: ControlDatabase, process: str
) -> None:
    """Like PgBouncer with `ignore_startup_parameters = options`, which makes its own keys to cancel by."""
    direct = control_database.bot_url if process == "bot" else control_database.worker_url
    with relay(direct, partial(_KEY.sub, _OTHER_KEY)) as path:
        pooled = path.url(direct)
        with pytest.raises(CannotStart, match="leads to a pooler: use the address of the server itself"):
            look_first(SecretStr(pooled), process=process)
    with relay(direct) as path:
        look_first(SecretStr(path.url(direct)), process=process)
