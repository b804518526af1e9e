"""Analysis of a statement's text: its kind, and the tables that it names."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Final

from sqlglot import exp

from dbaccess.activity.bounded_parser import parse
from dbaccess.activity.commands import read_alter, read_command, without_clauses, written_name
from dbaccess.activity.lexer import ambiguous_at, tokens
from dbaccess.activity.shape import shape_of
from dbaccess.domain.activity import NOT_PARSED, Analysis, StatementKind

LONGEST: Final = 20_000
"""Characters of a shape that are parsed; the parser takes about a second for more."""

# The parser warns of each statement that it takes as an unknown command; such statements are counted here.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_SESSION: Final = frozenset(
    {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "set", "reset", "show",
     "discard", "listen", "unlisten", "notify", "fetch", "move", "close", "deallocate", "checkpoint", "load"}
)  # fmt: skip
_DDL: Final = frozenset(
    {"create", "alter", "drop", "grant", "revoke", "comment", "security", "reassign", "import", "cluster",
     "reindex", "vacuum", "analyze", "analyse", "refresh"}
)  # fmt: skip
_OPAQUE: Final = frozenset({"do", "call", "execute"})

# Statements around another one: what stands before it, and whether it runs.
_EXPLAIN: Final = re.compile(
    r"explain\s+(?:\((?P<options>[^)]*)\)\s*)?(?P<words>(?:(?:analyze|analyse|verbose)\s+)*)", re.IGNORECASE
)
# A shape has the same digit for 0 and 1: both may run it.
_RUNS: Final = re.compile(r"analy[sz]e\b(?!\"?\s*\"?(?:off|false)\b)", re.IGNORECASE)
_WRAPPED: Final = (
    re.compile(r"declare\s.+?\scursor\s+(?:(?:with|without)\s+hold\s+)?for\s+", re.IGNORECASE | re.DOTALL),
    re.compile(r"prepare\s+(?!transaction\b)\S+?\s*(?:\([^)]*\)\s*)?as\s+", re.IGNORECASE),
)
_PREPARED_TRANSACTION: Final = re.compile(r"prepare\s+transaction\b", re.IGNORECASE)
_COPY: Final = re.compile(
    r"copy\s+(?:binary\s+)?(?P<table>(?:\"[^\"]+\"|[\w$]+)(?:\.(?:\"[^\"]+\"|[\w$]+))*)\s*(?:\([^)]*\)\s*)?"
    r"(?P<way>from|to)\b",
    re.IGNORECASE,
)
_COPY_QUERY: Final = re.compile(r"copy\s*\((?P<query>.*)\)\s*to\b", re.IGNORECASE | re.DOTALL)

_KINDS: Final[Mapping[type[exp.Expr], StatementKind]] = {
    exp.Insert: StatementKind.WRITE,
    exp.Update: StatementKind.WRITE,
    exp.Delete: StatementKind.WRITE,
    exp.Merge: StatementKind.WRITE,
    exp.TruncateTable: StatementKind.WRITE,
    exp.Query: StatementKind.READ,
    exp.Values: StatementKind.READ,
    exp.Create: StatementKind.DDL,
    exp.Alter: StatementKind.DDL,
    exp.Drop: StatementKind.DDL,
    exp.Grant: StatementKind.DDL,
    exp.Revoke: StatementKind.DDL,
    exp.Comment: StatementKind.DDL,
}
_RELATIONS: Final = frozenset({"TABLE", "VIEW", "INDEX", "TRIGGER", "COLUMN"})
_STRENGTH: Final = {kind: place for place, kind in enumerate(StatementKind)}


_LONGEST_KEPT: Final = 4_000
"""Characters of a shape with a kept analysis: a holder chooses the shapes, and must not fill the memory."""


def analyse(sql: str) -> Analysis:
    """Return what the text shows; of several statements in one text, everything that any of them shows.

    Where only the session knows what is a literal, it is what the text may show, and counts as not parsed.
    """
    split = list(tokens(sql))
    standard = _of_shape(shape_of(sql, split))
    if ambiguous_at(sql, split) is None:
        return standard
    other = _of_shape(shape_of(sql, list(tokens(sql, backslashes=True))))
    return standard if other == standard else replace(_together([standard, other]), is_parsed=False)


def _of_shape(shaped: str) -> Analysis:
    return _analyse_short(shaped) if len(shaped) <= _LONGEST_KEPT else _analyse_shape(shaped)


def analyse_named(sql: str) -> Analysis:
    """Return what a text shows of which the first part may be the name that a client gave to its statement.

    Such a name can hold SQL of its own, which leaves the real statement in a comment or a literal. Where that
    would change anything, it is what any of them shows, and counts as not parsed.
    """
    first = analyse(sql)
    begins = list(islice(_MAY_BEGIN.finditer(sql), _MOST_BEGINS + 1))
    if len(begins) > _MOST_BEGINS:
        return NOT_PARSED
    found = [analyse(sql[one.end() :]) for one in begins]
    together = _together([first, *(one for one in found if one.is_parsed)])
    return first if together == first else replace(together, is_parsed=False)


_MOST_BEGINS: Final = 16
_MAY_BEGIN: Final = re.compile(
    r": (?=[\s(;]*(?:--|/\*|(?:select|insert|update|delete|merge|truncate|with|copy|create|alter|drop|grant|"
    r"revoke|table|values|do|call|execute|explain|refresh|comment|vacuum|reindex|cluster)\b))",
    re.IGNORECASE,
)


def _analyse_shape(shaped: str) -> Analysis:
    if len(shaped) > LONGEST:
        return NOT_PARSED
    found = [_analyse_one(statement) for statement in _statements(shaped)]
    if not found:
        return Analysis(kind=StatementKind.SESSION)
    return _together(found)


# Statements of one shape are parsed once.
_analyse_short = lru_cache(maxsize=4_000)(_analyse_shape)


def _together(found: Iterable[Analysis]) -> Analysis:
    several = list(found)
    writes = {table for one in several for table in one.writes}
    return Analysis(
        kind=max((one.kind for one in several), key=_STRENGTH.__getitem__),
        reads=tuple(sorted({table for one in several for table in one.reads})),
        writes=tuple(sorted(writes)),
        is_parsed=all(one.is_parsed for one in several),
    )


def _statements(shaped: str) -> Iterator[str]:
    """Yield the statements of a text; the body of a rule or of an atomic function keeps its semicolons."""
    parts: list[str] = []
    atomic = opened = 0
    first = before = ""
    for token in tokens(shaped):
        word = token.text.lower()
        first = first or token.name
        if (word == "atomic" and before == "begin" and first == "create") or (atomic and word == "case"):
            atomic += 1
        elif atomic and word == "end":
            atomic -= 1
        before = word if token.is_code else before
        opened += (word == "(") - (word == ")")
        if word == ";" and not atomic and not (first == "create" and opened > 0):
            if text := "".join(parts).strip():
                yield text
            parts, first, opened = [], "", 0
        else:
            parts.append(token.text)
    if text := "".join(parts).strip():
        yield text


def _analyse_one(statement: str) -> Analysis:
    first = next((token.name for token in tokens(statement) if token.is_code), "")
    if first in _SESSION or _PREPARED_TRANSACTION.match(statement):
        return Analysis(kind=StatementKind.SESSION)
    if first in _OPAQUE:
        return Analysis(kind=StatementKind.OPAQUE)
    if read := _READERS.get(first):
        return read(statement)
    for wrapped in _WRAPPED:
        if inside := wrapped.match(statement):
            return _analyse_one(statement[inside.end() :])
    if (found := read_command(statement, first)) is not None:
        return found
    parsed = _parsed(without_clauses(statement), first)
    return parsed if parsed.is_parsed else read_alter(statement) or parsed


def _explained(statement: str) -> Analysis:
    found = _EXPLAIN.match(statement)
    if found is None:
        return NOT_PARSED
    inner = _analyse_one(statement[found.end() :])
    if _RUNS.search(f"{found['options'] or ''} {found['words']}"):
        return inner
    # Without ANALYZE the statement is planned and does not run.
    return Analysis(kind=StatementKind.SESSION, is_parsed=inner.is_parsed)


def _copied(statement: str) -> Analysis:
    if found := _COPY_QUERY.match(statement):
        return _analyse_one(found["query"].strip())
    if found := _COPY.match(statement):
        table = (written_name(found["table"]),)
        if found["way"].lower() == "from":
            return Analysis(kind=StatementKind.WRITE, writes=table)
        return Analysis(kind=StatementKind.READ, reads=table)
    return NOT_PARSED


_READERS: Final[Mapping[str, Callable[[str], Analysis]]] = {"explain": _explained, "copy": _copied}


def _parsed(statement: str, first: str) -> Analysis:
    try:
        found = [_of_tree(tree, first) for tree in parse(statement) if tree is not None]
    except Exception:  # noqa: BLE001 whatever the parser raises, no statement may stop the reader
        return NOT_PARSED if first not in _DDL else Analysis(kind=StatementKind.DDL, is_parsed=False)
    return _together(found) if found else NOT_PARSED


def _of_tree(tree: exp.Expr, first: str) -> Analysis:
    kind = next((kind for form, kind in _KINDS.items() if isinstance(tree, form)), None)
    if kind is None:
        return NOT_PARSED if first not in _DDL else Analysis(kind=StatementKind.DDL, is_parsed=False)
    if isinstance(tree, exp.Drop | exp.Comment | exp.Create) and tree.args.get("kind") not in _RELATIONS:
        return Analysis(kind=kind)
    written = {id(table) for table in _targets(tree)}
    reads: set[str] = set()
    writes: set[str] = set()
    for table in tree.find_all(exp.Table):
        name = _name(table)
        if isinstance(table.parent, exp.AlterRename | exp.Opclass):
            continue  # the new name is that of no table yet, and an operator class is none
        if id(table) in written:
            writes.add(name)
        elif name and not _is_of_with(table, name):
            reads.add(name)
    changes = any(tree.find(form) for form in (exp.Insert, exp.Update, exp.Delete, exp.Merge))
    if kind is StatementKind.READ and (changes or writes):
        kind = StatementKind.WRITE
    return Analysis(kind=kind, reads=tuple(sorted(reads)), writes=tuple(sorted(writes)))


def _is_of_with(table: exp.Table, name: str) -> bool:
    """Return whether a WITH defines it. In its own query, unless RECURSIVE, the name is that of a table."""
    inside: exp.Expr = table
    while (around := inside.parent) is not None:
        if isinstance(around, exp.With) and around.parent is not None:
            queries = around.expressions
            if not around.recursive:
                queries = queries[: next(n for n, query in enumerate(queries) if query is inside)]
            inside = around.parent
        else:
            own = around.args.get("with_")
            queries = own.expressions if own is not None else []
            inside = around
        if name in {_part(query.args["alias"].this) for query in queries}:
            return True
    return False


def _targets(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the tables that the statement changes, those of data-modifying WITH queries included."""
    if isinstance(tree, exp.Create | exp.Alter):
        target = tree.find(exp.Table)  # the others are those that it refers to
        yield from (target,) if target is not None else ()
    if isinstance(tree, exp.TruncateTable | exp.Drop):
        yield from tree.find_all(exp.Table)
    for change in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into):
        target = change.this
        target = target.this if isinstance(target, exp.Schema) else target
        if isinstance(target, exp.Table):
            yield target
        elif isinstance(target, exp.Expr):
            yield from target.find_all(exp.Table)


def _name(table: exp.Table) -> str:
    return ".".join(_part(part) for part in table.parts if isinstance(part, exp.Identifier))


def _part(part: exp.Identifier) -> str:
    return part.name if part.quoted else part.name.lower()
