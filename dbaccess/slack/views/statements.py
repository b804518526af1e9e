"""The modal `Statements`: a page of what a grant ran, with menus for kind and table."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dbaccess.domain.activity import Statement, StatementKey, StatementKind
from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.statement_page import Look, StatementPage
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import actions, button, context, modal, option, plain_text, section
from dbaccess.slack.fields import OPTIONS_MOST
from dbaccess.slack.text import code_block, cut, date, escape, inline
from dbaccess.slack.views import activity, rows

STATEMENTS = "statements"
"""The modal's callback id; nothing is submitted under it. Its `private_metadata` is the look."""
KIND = "statements.kind"
"""Static select; a choice shows the first page of that kind."""
TABLE = "statements.table"
"""Static select; a choice shows the first page of that table."""
NEXT = "statements.next"
"""Shows the page after the last statement of this one."""
FIRST = "statements.first"
"""Shows the first page again."""

PAGE: Final = 10
"""The statements of a page."""

_TITLE: Final = "Statements"
_ALL: Final = "all"
_TEXT_LONGEST: Final = 1500
_VALUES_LONGEST: Final = 300
_ERROR_LONGEST: Final = 300
_TABLE_LONGEST: Final = 150
_KINDS: Final = {
    StatementKind.READ: "Reads",
    StatementKind.WRITE: "Writes",
    StatementKind.DDL: "DDL",
    StatementKind.OPAQUE: "Not known from its text",
    StatementKind.SESSION: "Transactions and settings",
}

Json = dict[str, Any]


def build(page: StatementPage) -> Json:
    """Return the modal; the statements come oldest first."""
    heading = f"{rows.name(page.holder_name)}, {escape(rows.what(page.grant))} · {page.grant.label}"
    blocks = [
        context(heading),
        section(activity.summary_text(page.report, page.grant)),
        {"type": "actions", "elements": [_kinds(page.look), *_tables(page)]},
        *[block for statement in page.statements for block in _statement(statement, page.grant)],
        *([] if page.statements else [section(_none(page))]),
        *actions(_paging(page)),
    ]
    return modal(title=_TITLE, callback_id=STATEMENTS, blocks=blocks, private_metadata=_written(page))


def asked(body: Mapping[str, Any]) -> Look:
    """Return the look that a choice or a button of the modal asks for.

    Raises `NotFound` for metadata that this modal never has.
    """
    action = body["actions"][0]
    look, following = _read(str(body["view"].get("private_metadata", "")))
    if action["action_id"] == NEXT:
        return Look(grant_id=look.grant_id, kind=look.kind, table=look.table, after=following)
    if action["action_id"] == FIRST:
        return Look(grant_id=look.grant_id, kind=look.kind, table=look.table)
    chosen = str((action.get("selected_option") or {}).get("value", _ALL))
    value = None if chosen == _ALL else chosen
    if action["action_id"] == KIND:
        return Look(grant_id=look.grant_id, kind=_kind(value), table=look.table)
    return Look(grant_id=look.grant_id, kind=look.kind, table=value)


def _kinds(look: Look) -> Json:
    options = [option("Every kind", _ALL), *[option(said, kind.value) for kind, said in _KINDS.items()]]
    return _menu(KIND, "Kind", options, chosen=look.kind.value if look.kind else _ALL)


def _tables(page: StatementPage) -> list[Json]:
    """Return the menu of the tables that the grant touched; none where no table is known."""
    summary = page.report.summary
    known = {*summary.reads, *summary.writes, *summary.ddl} if summary else set()
    known |= {page.look.table} if page.look.table else set()
    named = [table for table in sorted(known) if len(table) <= _TABLE_LONGEST][: OPTIONS_MOST - 1]
    if page.look.table and page.look.table not in named:
        named[-1:] = [page.look.table]
    options = [option("Every table", _ALL), *[option(table, table) for table in named]]
    return [_menu(TABLE, "Table", options, chosen=page.look.table or _ALL)] if named else []


def _menu(action_id: str, label: str, options: Sequence[Json], *, chosen: str) -> Json:
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(label, 150),
        "options": list(options),
        "initial_option": next((one for one in options if one["value"] == chosen), options[0]),
    }


def _statement(statement: Statement, grant: Grant) -> list[Json]:
    text = clean(statement.text)
    shown = cut(text, _TEXT_LONGEST)
    more = 0 if shown == text else len(text) - len(shown) + 1
    said = [date(statement.at), _KIND_WORDS[statement.kind]]
    said += [_length(statement.duration)] if statement.duration is not None else []
    said += [f"{statement.rows:,} rows"] if statement.rows is not None else []
    said += [inline(cut(statement.client, 60))] if statement.client else []
    said += ["inside another statement"] if statement.is_nested else []
    said += [f"{more:,} more characters: dbaccess activity show {grant.label}"] if more else []
    blocks = [section(code_block(shown) if text.strip() else "(empty)"), context(" · ".join(said))]
    if statement.bind_values:
        blocks[-1]["elements"].append(_mrkdwn(_values(statement.bind_values)))
    if statement.sqlstate is not None:
        blocks[-1]["elements"].append(_mrkdwn(_error(statement)))
    return blocks


_KIND_WORDS: Final = {
    StatementKind.READ: "read",
    StatementKind.WRITE: "write",
    StatementKind.DDL: "ddl",
    StatementKind.OPAQUE: "not known from its text",
    StatementKind.SESSION: "session",
}


def _mrkdwn(text: str) -> Json:
    return dict(context(text)["elements"][0])


def _values(values: Sequence[str | None]) -> str:
    said = ", ".join(
        f"${number} = {'NULL' if value is None else repr(clean(value))}"
        for number, value in enumerate(values, start=1)
    )
    return inline(cut(said, _VALUES_LONGEST))


def _error(statement: Statement) -> str:
    said = f"error {statement.sqlstate}"
    return inline(cut(f"{said}: {statement.error}" if statement.error else said, _ERROR_LONGEST))


def _length(duration: timedelta) -> str:
    milliseconds = duration / timedelta(milliseconds=1)
    return f"{milliseconds / 1000:,.1f} s" if milliseconds >= 1000 else f"{milliseconds:.1f} ms"  # noqa: PLR2004 a second


def _none(page: StatementPage) -> str:
    """Return that nothing is here, without claiming that nothing ran."""
    if page.report.purged_at is not None:
        return "The texts of these statements were deleted; the figures stay."
    if page.look.after is not None:
        return "No more statements."
    return (
        "No captured statement is of this kind and table."
        if page.look.kind is not None or page.look.table is not None
        else "No statement to show."
    )


def _paging(page: StatementPage) -> list[Json]:
    first = button("First page", action_id=FIRST, value="first")
    following = button(f"Next {PAGE}", action_id=NEXT, value="next", spoken="Next page of statements")
    return [*([first] if page.look.after else []), *([following] if page.has_more else [])]


def _written(page: StatementPage) -> str:
    look = page.look
    last = page.statements[-1].key if page.statements else None
    data = {
        "grant": look.grant_id,
        "kind": look.kind.value if look.kind else None,
        "table": look.table,
        "next": [last.at.isoformat(), last.cluster, last.session_id, last.line_num] if last else None,
    }
    return json.dumps(data, ensure_ascii=False)


def _read(metadata: str) -> tuple[Look, StatementKey | None]:
    """Return the look, and the key of the last statement that was shown."""
    try:
        data = json.loads(metadata)
        table = data["table"]
        look = Look(
            grant_id=GrantId(int(data["grant"])),
            kind=_kind(data["kind"]),
            table=None if table is None else str(table),
        )
        return look, _key(data["next"])
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise NotFound("There is no such page of statements.") from None


def _key(written: Any) -> StatementKey | None:
    if written is None:
        return None
    at, cluster, session_id, line_num = written
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(at)
    return StatementKey(at=moment, cluster=str(cluster), session_id=str(session_id), line_num=int(line_num))


def _kind(value: str | None) -> StatementKind | None:
    return None if value is None else StatementKind(value)
