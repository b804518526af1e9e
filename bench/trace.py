"""The SQL that a call sends, recorded once and sent again by a plain psycopg loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg import sql

Plain = psycopg.Connection[Any]
Step = tuple[str, Any] | None


@dataclass(slots=True)
class Trace:
    """Connections in order, each with what ran on it: (text, values), or None for a commit."""

    connections: list[list[Step]] = field(default_factory=list)

    def replay(self, url: str, names: dict[str, str]) -> None:
        """The same statements for other names, on as many connections, without a thought between them."""
        for steps in self.connections:
            with psycopg.connect(url, options="-c search_path=pg_catalog") as connection:
                for step in steps:
                    if step is None:
                        connection.commit()
                    else:
                        text, values = step
                        connection.execute(_renamed(text, names).encode(), _renamed(values, names))


@contextmanager
def recording() -> Iterator[Trace]:
    """Record what every psycopg connection sends meanwhile; nothing else may use one in this process."""
    trace = Trace()
    steps_of: dict[Plain, list[Step]] = {}  # holds the connections, so that none is mistaken for another
    execute: Callable[..., Any] = psycopg.Connection.execute
    commit: Callable[..., None] = psycopg.Connection.commit

    def record(connection: Plain, step: Step) -> None:
        if connection not in steps_of:
            steps_of[connection] = []
            trace.connections.append(steps_of[connection])
        steps_of[connection].append(step)

    def recorded_execute(self: Plain, query: Any, params: Any = None, **options: Any) -> Any:
        record(self, (sql.as_string(query, self), params))
        return execute(self, query, params, **options)

    def recorded_commit(self: Plain) -> None:
        record(self, None)
        commit(self)

    with (
        patch.object(psycopg.Connection, "execute", recorded_execute),
        patch.object(psycopg.Connection, "commit", recorded_commit),
    ):
        yield trace


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, list | tuple):
        return [_renamed(item, names) for item in value]
    return value
