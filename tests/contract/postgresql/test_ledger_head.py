"""The ledger's head in the workers' private database, on PostgreSQL 18 and 15."""

from urllib.parse import urlsplit

import psycopg
import pytest

from dbaccess.domain.ledger import Expected
from tests.contract.postgresql.target import Target

FIRST, SECOND = Expected(seq=7, hash=b"a" * 32), Expected(seq=9, hash=b"b" * 32)


def test_no_other_login_reaches_the_head(either_target: Target) -> None:
    either_target.driver.put_head(FIRST)
    _, url = either_target.person()
    private = urlsplit(url)._replace(path=f"/dbaccess_{either_target.worker.installation}").geturl()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(private, connect_timeout=5)


def test_doctor_names_the_right_that_is_missing(either_target: Target) -> None:
    worker = either_target.worker
    private = f"dbaccess_{worker.installation}"
    either_target.dba("revoke create on database {private} from {admin}", private=private, admin=worker.admin)
    (bad,) = [f for f in either_target.driver.examine({}) if not f.ok and "ledger" in f.what]
    assert bad.fix == f'grant create on database "{private}" to "{worker.admin}";'
    either_target.dba(bad.fix)
    assert not [f for f in either_target.driver.examine({}) if not f.ok and "ledger" in f.what]
