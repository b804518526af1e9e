"""Everything that went between the app and the sandbox, in order, for tests to search."""

import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.wire import Json


class Direction(StrEnum):
    FROM_APP = "from_app"
    TO_APP = "to_app"


class Kind(StrEnum):
    API_CALL = "api_call"
    API_ANSWER = "api_answer"
    ENVELOPE = "envelope"
    ACK = "ack"
    RESPONSE_URL = "response_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`method`: the Web API method, the envelope's type, or the path of a response URL."""

    seq: int
    at: float
    direction: Direction
    kind: Kind
    method: str
    body: Any


@dataclass(slots=True)
class Traffic:
    records: list[Record] = field(default_factory=list)

    def add(self, direction: Direction, kind: Kind, method: str, body: Any) -> None:
        seq = len(self.records)
        self.records.append(
            Record(seq=seq, at=time.time(), direction=direction, kind=kind, method=method, body=body)
        )

    def envelopes(self) -> list[Record]:
        return [record for record in self.records if record.kind is Kind.ENVELOPE]

    def rows(self, since: int = 0) -> list[Json]:
        return [asdict(record) for record in self.records[since:]]
