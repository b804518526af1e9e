"""The check that Redis keeps what the queue puts there."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import redis
from pydantic import SecretStr

from dbaccess.ports import Finding
from dbaccess.queue.connection import connect
from dbaccess.queue.refusal import refusal_of

_MEANWHILE = "The workers find lost jobs again, some seconds late."


def examine_queue(url: SecretStr) -> Iterator[Finding]:
    """Yield the findings; raises `BadAddress`."""
    with closing(connect(url)) as connection:
        try:
            connection.ping()
        except (redis.RedisError, OSError) as error:
            refused = refusal_of(url, error)
            yield Finding(what=f"Queue: {refused.what}", ok=False, fix=f"{refused.check} {_MEANWHILE}")
            return
        yield Finding(what="Queue answers", ok=True)
        yield from _keeps(_info(connection), _saves(connection))


def _keeps(info: Mapping[str, Any], saves: str | None) -> Iterator[Finding]:
    policy = str(info.get("maxmemory_policy") or "noeviction")
    if policy != "noeviction":
        fix = f"config set maxmemory-policy noeviction, or a Redis for dbaccess alone. {_MEANWHILE}"
        what = f"Queue evicts jobs when its memory is full ({policy})"
        yield Finding(what=what, ok=False, fix=fix, is_advice=True)
    if info.get("role") == "slave":
        fix = "Use the primary's address in REDIS_URL."
        yield Finding(what="Queue is a replica, which takes no jobs", ok=False, fix=fix)
    if info.get("aof_enabled") == 0 and saves == "":
        fix = f"config set appendonly yes, and the same in its file. {_MEANWHILE}"
        yield Finding(what="Queue keeps nothing over a restart", ok=False, fix=fix, is_advice=True)


def _info(connection: "redis.Redis[bytes]") -> Mapping[str, Any]:
    """Return what Redis says of itself; nothing if this user may not ask."""
    try:
        found: Mapping[str, Any] = connection.info()
    except redis.RedisError:
        return {}
    return found


def _saves(connection: "redis.Redis[bytes]") -> str | None:
    """Return when snapshots are written, empty for never; None if this user may not ask."""
    try:
        found: Any = connection.config_get("save")
    except redis.RedisError:
        return None
    return str(found["save"]) if "save" in found else None
