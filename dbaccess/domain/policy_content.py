"""The content of a policy as data, and back."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from types import MappingProxyType, NoneType, UnionType
from typing import Any, NewType, get_args, get_origin, get_type_hints

from dbaccess.domain.canonical import canonical_bytes, plain
from dbaccess.domain.policy import Policy

_WRITTEN: Mapping[Any, Callable[[Any], Any]] = {
    timedelta: lambda seconds: timedelta(seconds=seconds),
    time: time.fromisoformat,
}


def policy_content(policy: Policy) -> dict[str, Any]:
    """Return all of it except its hash, which is the SHA-256 of this in canonical form."""
    content: dict[str, Any] = plain(policy)
    del content["hash"]
    return content


def hash_of(policy: Policy) -> str:
    """Return SHA-256 in hex over the canonical content."""
    return hashlib.sha256(canonical_bytes(policy_content(policy))).hexdigest()


def policy_of(content: object, policy_hash: str) -> Policy | None:
    """Return the policy of that hash; None if this version cannot read the content, or the hash differs."""
    if not isinstance(content, dict):
        return None
    try:
        policy: Policy = _read(Policy, {**content, "hash": policy_hash})
        return policy if hash_of(policy) == policy_hash else None
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return None  # the writer may have been compromised


def _read(kind: Any, value: Any) -> Any:
    """Return the value of this type of which `plain` made this one."""
    if isinstance(kind, NewType):
        return _read(kind.__supertype__, value)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else _read(next(one for one in inner if one is not NoneType), value)
    if origin is Mapping:
        return MappingProxyType({key: _read(inner[1], item) for key, item in value.items()})
    if origin in {tuple, frozenset}:
        return origin(_read(inner[0], item) for item in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        made: Any = kind  # mypy derives a type that cannot be called
        return made(
            **{f.name: _read(hints[f.name], value[f.name]) for f in fields(kind) if f.init and f.compare}
        )
    return _WRITTEN.get(kind, kind)(value)
