"""Log lines are readable by programs, and hold no secret."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from dbaccess.log import configure_logging


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, of_tests = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**of_tests)  # its defaults take a second to draw each logged error
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_the_ids_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    with structlog.contextvars.bound_contextvars(grant="G-1042"):
        structlog.get_logger().info("grant ended")
    (line,) = lines(capsys)
    assert (line["event"], line["grant"], line["level"]) == ("grant ended", "G-1042", "info")
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "hunter2"),
        ("slack_token", "xoxb-hunter2"),
        ("verifier", "SCRAM-SHA-256$4096:hunter2"),
        ("database_url", "postgresql://a:hunter2@b/c"),
        ("why", "cannot reach postgresql://a:hunter2@b/c"),
        ("dbaccess_ledger_key", "hunter2"),
        ("why", "read ed25519-private:hunter2"),
        ("why", "sent xoxb-hunter2 away"),
        ("why", "alter role x password 'SCRAM-SHA-256$4096:hunter2'"),
    ],
)
def test_no_secret_is_logged(capsys: pytest.CaptureFixture[str], key: str, value: str) -> None:
    configure_logging()
    structlog.get_logger().warning("something", **{key: value})
    logging.getLogger("elsewhere").warning("something %s", value if key == "why" else "")
    assert "hunter2" not in capsys.readouterr().err


def fail() -> None:
    raise RuntimeError("alter role x password 'hunter2'")


def test_an_exception_is_logged_by_its_kind_and_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed")
    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "RuntimeError" in written


@pytest.mark.parametrize(
    "name", ["slack_sdk", "slack_bolt", "slack_sdk.web.base_client", "slack_bolt.App", "rq.worker"]
)
def test_libraries_that_print_bodies_stay_quiet(capsys: pytest.CaptureFixture[str], name: str) -> None:
    configure_logging(level=logging.DEBUG)
    logging.getLogger(name).debug("whole body")
    logging.getLogger(name).info("whole body")
    assert capsys.readouterr().err == ""
