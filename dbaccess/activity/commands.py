"""Commands that the parser of queries does not know or misreads: their tables, by the form of the command."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from dbaccess.domain.activity import Analysis, StatementKind

_NAME: Final = r"(?:\"(?:[^\"]|\"\")++\"|[\w$]++)"
_TABLE: Final = rf"(?:only\s+)?{_NAME}(?:\s*\.\s*{_NAME})*"
# Columns may stand behind a table, and `*` for its partitions.
_TABLES: Final = rf"{_TABLE}(?:\s*\*)?(?:\s*\([^()]*\))?(?:\s*,\s*{_TABLE}(?:\s*\*)?(?:\s*\([^()]*\))?)*"
_IF: Final = r"(?:if\s+(?:not\s+)?exists\s+)?"
_RELATION: Final = r"(?:table|view|materialized\s+view|foreign\s+table|column)"

_MAINTENANCE: Final = (
    r"(?:vacuum|analy[sz]e|cluster)(?:\s*\([^)]*\))?(?:\s+(?:full|freeze|verbose|analy[sz]e))*"
)
# Objects besides tables, on which rights are granted.
_ON: Final = (
    r"(?:database|domain|foreign|function|language|large|parameter|procedure|routine|schema|sequence|"
    r"tablespace|type)\s"
)
_MADE: Final = (
    r"(?:access\s+method|aggregate|cast|collation|conversion|database|domain|event\s+trigger|"
    r"foreign\s+data\s+wrapper|group|language|large\s+object|operator|publication|role|sequence|server|"
    r"statistics|subscription|system|tablespace|text\s+search|transform|type|user)\b"
)

_OF_TABLES: Final = (
    rf"lock(?:\s+table)?\s+(?P<tables>{_TABLES})",
    rf"refresh\s+materialized\s+view(?:\s+concurrently)?\s+(?P<tables>{_TABLE})",
    rf"{_MAINTENANCE}\s+(?P<tables>{_TABLES})",
    rf"reindex\s*(?:\([^)]*\)\s*)?(?:table|index)(?:\s+concurrently)?\s+(?P<tables>{_TABLE})",
    rf"(?:create|alter|drop)\s+policy\s+{_IF}{_NAME}\s+on\s+(?P<tables>{_TABLE})",
    rf"create(?:\s+or\s+replace)?\s+rule\s+{_NAME}\s+as\s+on\s+\w+\s+to\s+(?P<tables>{_TABLE})",
    rf"(?:alter|drop)\s+(?:rule|trigger)\s+{_IF}{_NAME}\s+on\s+(?P<tables>{_TABLE})",
    rf"create(?:\s+or\s+replace)?(?:\s+constraint)?\s+trigger\s+{_NAME}\s.+?\son\s+(?P<tables>{_TABLE})",
    rf"create\s+statistics\b.+?\sfrom\s+(?P<tables>{_TABLE})",
    rf"(?:create|alter)\s+foreign\s+table\s+{_IF}(?P<tables>{_TABLE})",
    rf"drop\s+foreign\s+table\s+{_IF}(?P<tables>{_TABLES})",
    rf"comment\s+on\s+(?:policy|rule|trigger|constraint)\s+{_NAME}\s+on\s+(?!domain\s)(?P<tables>{_TABLE})",
    rf"(?:comment|security\s+label(?:\s+for\s+{_NAME})?)\s+on\s+{_RELATION}\s+(?P<tables>{_TABLE})",
    rf"(?:grant|revoke)\s.+?\son\s+(?:table\s+)?(?!all\s|{_ON})(?P<tables>{_TABLES})\s+(?:to|from)\b",
)
# None of these names a table that it changes. Those that may change tables without a name are not here.
_OF_NO_TABLE: Final = (
    rf"(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:(?:trusted|procedural|default|unique)\s+)*{_MADE}",
    r"alter\s+(?:default\s+privileges|schema|extension|function|procedure|routine)\b",
    rf"create\s+schema\s+{_IF}(?:(?!\bcreate\b|\bgrant\b).)*$",
    rf"{_MAINTENANCE}\s*$",
    r"reindex\s*(?:\([^)]*\)\s*)?(?:schema|database|system)\b",
    r"comment\s+on\s",
    rf"(?:grant|revoke)\s.+?\son\s+{_ON}",
    r"(?:grant|revoke)\s(?:(?!\son\s).)*$",
)
_PARTITION: Final = re.compile(
    rf"\s(?:attach\s+partition|detach\s+partition|inherit)\s+(?P<tables>{_TABLE})", re.IGNORECASE
)


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns)


_WITH_TABLES: Final = _compiled(_OF_TABLES)
_WITHOUT: Final = _compiled(_OF_NO_TABLE)


_ALTER: Final = re.compile(
    rf"alter\s+{_RELATION}\s+{_IF}(?!all\s+in\b)(?P<tables>{_TABLE})(?=[\s*])", re.IGNORECASE
)


def read_command(statement: str, first: str) -> Analysis | None:
    """Return what the shape of a command shows; None for a query, or a command that only a parser can read.

    `first` is its first word in lower case.
    """
    if first not in _FIRST:
        return None
    for pattern in _WITH_TABLES:
        if found := pattern.match(statement):
            return _analysis(statement, found, first)
    if any(pattern.match(statement) for pattern in _WITHOUT):
        return Analysis(kind=StatementKind.DDL)
    return None


def read_alter(statement: str) -> Analysis | None:
    """Return the table that ALTER names, for a form of it that the parser does not know."""
    found = _ALTER.match(statement)
    return None if found is None else _analysis(statement, found, "alter")


_FIRST: Final = frozenset(
    {"alter", "analyse", "analyze", "cluster", "comment", "create", "drop", "grant", "lock", "refresh",
     "reindex", "revoke", "security", "vacuum"}
)  # fmt: skip


def _analysis(statement: str, found: re.Match[str], first: str) -> Analysis:
    if first == "lock":
        return Analysis(kind=StatementKind.SESSION)
    names = {*_names(found["tables"])}
    if re.search(r"\scolumn\s+$", statement[: found.start("tables")], re.IGNORECASE):
        names = {name.rpartition(".")[0] for name in names}
    if first == "alter" and (other := _PARTITION.search(statement, found.end())):
        names |= {*_names(other["tables"])}
    return Analysis(kind=StatementKind.DDL, writes=tuple(sorted(names)))


_COLUMNS: Final = re.compile(r"\([^()]*\)")
_ONLY: Final = re.compile(r"\s*only\s+", re.IGNORECASE)


def _names(tables: str) -> Iterator[str]:
    for table in _COLUMNS.sub("", tables).split(","):
        yield written_name(_ONLY.sub("", table, count=1))


def written_name(text: str) -> str:
    """Return the name as the server reads it: in lower case where it has no quotes."""
    return ".".join(
        part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
        for part in re.findall(r'"(?:[^"]|"")+"|[\w$]+', text)
    )


# Clauses that the parser does not know, and that name no table. What stands in quotes is left alone.
_CLAUSES: Final = re.compile(
    rf"""
      (?P<quoted>"(?:[^"]|"")*" | '[^']*')
    | \bwhere\s+current\s+of\s+{_NAME}
    | \boverriding\s+(?:system|user)\s+value\b
    | \bon\s+commit\s+(?:drop|delete\s+rows|preserve\s+rows)\b
    | \bwith\s+(?:no\s+)?data\s*$
    | \bwith\s+(?:(?:local|cascaded)\s+)?check\s+option\s*$
    | \brecursive\s+(?=view\b)
    | (?<=\son\s)only\s+
    | \bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)
        (?:\s+of\s+{_TABLE}(?:\s*,\s*{_TABLE})*)?(?:\s+(?:nowait|skip\s+locked))?
    """,
    re.IGNORECASE | re.VERBOSE,
)


# Parts of a column, such as `a[1]`.
_INTO: Final = re.compile(
    rf"(insert\s+into\s+{_TABLE}(?:\s+as\s+{_NAME})?\s*)\((?=[^()]*[\[.])[^()]*\)", re.IGNORECASE
)


def without_clauses(statement: str) -> str:
    """Return the statement without clauses that the parser does not know, or takes for tables."""
    return _INTO.sub(r"\1", _CLAUSES.sub(lambda found: found["quoted"] or " ", statement))
