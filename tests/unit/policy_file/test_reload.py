"""A file that is read again must be right, and may not change what only a restart can."""

from pathlib import Path

import pytest

from dbaccess.policy_file import PolicyFileError, load_policy, reload_policy
from tests.unit.policy_file.example import EXAMPLE, changed


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dbaccess.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def test_changed_file_gives_another_policy(config: Path) -> None:
    now = load_policy(config)
    config.write_text(changed('max = "4h"', 'max = "2h"'), encoding="utf-8")
    assert reload_policy(config, now).hash != now.hash


@pytest.mark.parametrize("text", ["", "version = 2", changed('cluster = "main"', 'cluster = "mian"')])
def test_broken_file_is_refused(config: Path, text: str) -> None:
    now = load_policy(config)
    config.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyFileError):
        reload_policy(config, now)


def test_missing_file_is_refused(config: Path) -> None:
    now = load_policy(config)
    config.unlink()
    with pytest.raises(PolicyFileError, match="no such file"):
        reload_policy(config, now)


def test_another_installation_is_refused_because_logins_would_be_lost(config: Path) -> None:
    now = load_policy(config)
    config.write_text(changed('"acme"', '"other"'), encoding="utf-8")
    with pytest.raises(PolicyFileError, match="end all grants and restart"):
        reload_policy(config, now)


def test_another_private_database_is_refused_because_two_locks_would_be_taken(config: Path) -> None:
    now = load_policy(config)
    named = changed('driver = "postgresql"', 'driver = "postgresql"\nlock_database = "jit_locks"')
    config.write_text(named, encoding="utf-8")
    with pytest.raises(PolicyFileError, match=r"clusters\.main\.lock_database: .* stop all workers first"):
        reload_policy(config, now)
    assert reload_policy(config, load_policy(config)).clusters["main"].lock_database == "jit_locks"
