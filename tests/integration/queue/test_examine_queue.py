"""`doctor` names a Redis that loses jobs; what it may not ask, it does not judge."""

from collections.abc import Iterator

import pytest
import redis
from pydantic import SecretStr

from dbaccess.queue.examine import examine_queue
from demo.servers.valkey import Valkey


@pytest.fixture
def client(own_valkey: Valkey) -> Iterator["redis.Redis[bytes]"]:
    own_valkey.start()
    with redis.Redis.from_url(own_valkey.url(0)) as connection:
        yield connection


def test_queue_that_loses_jobs_is_named(own_valkey: Valkey, client: "redis.Redis[bytes]") -> None:
    def bad(url: str = "") -> list[str]:
        found = [f for f in examine_queue(SecretStr(url or own_valkey.url(0))) if not f.ok]
        assert all(finding.fix for finding in found)
        assert not any(finding.is_fault for finding in found), "work is found again without the queue"
        return [finding.what for finding in found]

    assert bad() == []
    client.config_set("maxmemory-policy", "allkeys-lru")
    assert bad() == ["Queue evicts jobs when its memory is full (allkeys-lru)"]
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("appendonly", "no")
    assert bad() == ["Queue keeps nothing over a restart"]
    client.config_set("save", "60 1")
    assert bad() == []

    client.config_set("save", "")
    client.execute_command(
        "acl", "setuser", "asker", "on", ">hunter2", "+ping", "+hello", "+select", "+client"
    )
    place = own_valkey.url(0).rpartition("@")[2]
    assert bad(f"redis://asker:hunter2@{place}") == [], "it may not ask"
