"""Engines of tests, each on a database of its own: a statement is compiled once for all of them."""

from typing import Any

from sqlalchemy import Dialect, Engine

from dbaccess.storage import sqlalchemy_engine as programs
from dbaccess.storage.url import Url

_compiled: dict[Any, Any] = {}
_dialects: list[Dialect] = []


def build_engine(url: Url, *, pool_size: int, application_name: str) -> Engine:
    """One like those of the programs. Servers of tests are of one version, and so is the dialect."""
    engine = programs.build_engine(url, pool_size=pool_size, application_name=application_name)
    # Compiled SQL is found again by statement and dialect.
    engine.dialect = (_dialects or [engine.dialect])[0]
    _dialects[:] = [engine.dialect]
    engine.update_execution_options(compiled_cache=_compiled)
    return engine
