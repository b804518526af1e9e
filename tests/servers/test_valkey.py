from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from demo.servers.account import Account
from demo.servers.process import ServerFailed
from demo.servers.valkey import Valkey, embedded_valkey
from tests.servers.processes import command_lines

_ONCE = Retry(NoBackoff(), 0)


def test_login_refuses_connections_without_the_password(own_valkey: Valkey) -> None:
    with redis.Redis(port=own_valkey.port, retry=_ONCE) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_password_is_in_no_argument_and_no_readable_file(own_valkey: Valkey) -> None:
    password = own_valkey.url().split(":")[2].split("@")[0]
    assert len(password) > 20
    assert not any(password in line for line in command_lines())
    files = [path for path in own_valkey.home.iterdir() if path.is_file()]
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_appendonly_keys_survive_stop_and_start_on_the_same_port(own_valkey: Valkey) -> None:
    port = own_valkey.port
    with redis.Redis.from_url(own_valkey.url(3)) as client:
        client.set("key", "kept")
    own_valkey.restart()
    with redis.Redis.from_url(own_valkey.url(3)) as client:
        assert client.get("key") == b"kept"
    assert own_valkey.port == port


def test_killed_server_refuses_until_it_is_started_again(own_valkey: Valkey) -> None:
    own_valkey.kill()
    assert not own_valkey.running
    with redis.Redis.from_url(own_valkey.url(), retry=_ONCE) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    own_valkey.start()
    with redis.Redis.from_url(own_valkey.url()) as client:
        assert client.ping()


def test_flush_loses_every_key_of_every_database(own_valkey: Valkey) -> None:
    with redis.Redis.from_url(own_valkey.url(0)) as first, redis.Redis.from_url(own_valkey.url(9)) as ninth:
        first.set("a", 1)
        ninth.set("b", 2)
        own_valkey.flush()
        assert first.dbsize() == ninth.dbsize() == 0


def test_keys_are_lost_with_the_process_where_appendonly_is_off(
    server_account_: Account, server_scratch: Path
) -> None:
    program = embedded_valkey(server_account_, server_scratch)
    home = server_scratch / "forgetful"
    with Valkey(program, home, account=server_account_, appendonly=False) as server:
        with redis.Redis.from_url(server.url()) as client:
            client.set("key", "gone soon")
        server.kill()
        server.start()
        with redis.Redis.from_url(server.url()) as client:
            assert client.dbsize() == 0


def test_failed_start_is_told_with_the_tail_of_the_log(
    server_account_: Account, server_scratch: Path
) -> None:
    with pytest.raises(ServerFailed, match="No such file"):
        Valkey(Path("/nowhere/valkey-server"), server_scratch / "none", account=server_account_).start()
