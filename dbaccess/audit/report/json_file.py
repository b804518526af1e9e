"""A report as one JSON object in canonical form, written row by row."""

from collections.abc import Iterator
from typing import BinaryIO

from dbaccess.audit.report.document import Document
from dbaccess.domain.canonical import canonical_bytes


def write_json(report: Document, out: BinaryIO) -> None:
    """Write {"head": …, "lists": {NAME: [row, …]}, "whole": "…"} as RFC 8785 has it."""
    out.writelines(_parts(report))


def _parts(report: Document) -> Iterator[bytes]:
    yield b'{"head":' + canonical_bytes(report.head) + b',"lists":{'
    for number, (name, spool) in enumerate(sorted(report.lists.items())):
        yield (b"," if number else b"") + canonical_bytes(name) + b":["
        for row, line in enumerate(spool.lines()):
            yield (b"," if row else b"") + line
        yield b"]"
    yield b'},"whole":' + canonical_bytes(report.whole) + b"}"
