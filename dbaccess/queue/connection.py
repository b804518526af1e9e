"""Connections to Redis."""

import redis
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry as RedisRetry

from dbaccess.domain.errors import BadAddress


def connect(url: SecretStr, *, timeout: float | None = 2.0) -> "redis.Redis[bytes]":
    """Return a client that fails soon, so that no person waits long; raises `BadAddress`."""
    try:
        return redis.Redis.from_url(
            url.get_secret_value(),
            socket_connect_timeout=2.0,
            socket_timeout=timeout,
            retry=RedisRetry(NoBackoff(), 0),
        )
    except ValueError:
        raise BadAddress("The address of the queue, REDIS_URL, cannot be read.") from None
