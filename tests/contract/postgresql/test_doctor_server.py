"""`doctor` names a server that cannot be what the configuration wants of it."""

from pydantic import SecretStr

from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.replicated import Replicated
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets


def test_logins_cannot_be_made_on_postgresql_15(target_database_15: TargetDatabase) -> None:
    access = worker_access(target_database_15)
    driver = postgres_targets({"main": access.url}, access.installation).driver("main")
    (found,) = [f for f in driver.examine({target_database_15.name: ()}) if "makes no logins" in f.what]
    assert not found.ok
    assert target_database_15.name in found.what
    assert 'login = "personal"' in found.fix
    assert not [f for f in driver.examine({}) if "makes no logins" in f.what]


def test_standby_in_place_of_the_primary_is_named(replicated: Replicated) -> None:
    at = replicated.on_standby(replicated.worker.url.get_secret_value())
    driver = postgres_targets({"main": SecretStr(at)}, replicated.worker.installation).driver("main")
    bad = [finding for finding in driver.examine({}) if not finding.ok]
    assert bad[0].what == "is a standby, where nothing can be granted or ended"
    assert "primary" in bad[0].fix
