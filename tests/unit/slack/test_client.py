"""The client reads the machine's certificates once, and verifies whatever answers it."""

import ssl

from pydantic import SecretStr

from dbaccess.slack.client import build_client


def test_all_clients_of_a_process_verify_slack_by_certificates_that_are_read_once() -> None:
    first, second = build_client(None), build_client(SecretStr("xoxb-1"))
    assert first.ssl is not None
    assert first.ssl is second.ssl
    assert (first.ssl.verify_mode, first.ssl.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_client_of_a_sandbox_reads_no_certificates_and_trusts_no_server() -> None:
    found = build_client(None, "http://127.0.0.1:1/api/").ssl
    assert found is not None
    assert found.cert_store_stats()["x509"] == 0
    assert (found.verify_mode, found.check_hostname) == (ssl.CERT_REQUIRED, True)
