"""Answers to an auditor's question as data, and the place of a page among them."""

from typing import Any, Final

import typer

from dbaccess.cli.activity_data import page_key, read_key, statement_data
from dbaccess.cli.output import number
from dbaccess.cli.records import Beside, grant_data, moment, review_data
from dbaccess.domain.activity import StatementKey
from dbaccess.domain.audit_page import AuditAnswer, AuditKey
from dbaccess.domain.grant import GrantId
from dbaccess.domain.reach import KnownReach

FIELDS: Final = (
    "grant", "request", "state", "holder", "holder_slack_id", "holder_name", "target", "cluster", "database",
    "role", "login", "rule", "reason", "ticket", "held_from", "activated_at", "expires_at", "ended_at",
    "end_cause", "reviewers", "reach", "reached", "reach_why", "reach_read_at",
    "reach_digest", "tables",
    "tables_not_recorded", "statement_at", "statement",
)  # fmt: skip
"""The fields of a line of CSV."""


def answer_data(answer: AuditAnswer, page: Beside, *, table: str | None) -> dict[str, Any]:
    """Return every field of JSON: the grant as `grants list` has it, with its reach and the statement."""
    grant, request = answer.grant, answer.request
    return grant_data(grant, page) | {
        "database": grant.recipe.database if grant.recipe else None,
        "ticket": request.terms.ticket if request else None,
        "held_from": moment(grant.held_from),
        "reviews": [review_data(review, page) for review in answer.reviews],
        **_reach_data(answer.reach, table),
        "statement": statement_data(answer.statement) if answer.statement is not None else None,
    }


def csv_data(row: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with one text for each field."""
    statement = row["statement"]
    return row | {
        "reviewers": [f"{one['reviewer']} ({one['verdict']})" for one in row["reviews"]],
        "reached": reached_in_words(row),
        "statement_at": statement["at"] if statement else None,
        "statement": statement["text"] if statement else None,
    }


def reached_in_words(row: dict[str, Any]) -> list[str]:
    return [f"{one['table']} ({', '.join(one['uses'])})" for one in row["reached"]]


def key_text(key: AuditKey) -> str:
    """Return the place, as `--after` takes it."""
    return page_key(key) if isinstance(key, StatementKey) else f"G-{key}"


def key_of(text: str | None, *, of_statements: bool) -> AuditKey | None:
    """Return the place; raises a usage error for text that is no place on a page of this kind."""
    if text is None:
        return None
    if of_statements:
        return read_key(text)
    if "/" in text:
        raise typer.BadParameter(f'--after "{text[:60]}" is from a search with --text: search so again.')
    return GrantId(number(text, "G"))


def _reach_data(reach: KnownReach, table: str | None) -> dict[str, Any]:
    """Return `yes` or `unknown` for a table that was asked for, else `recorded` or `unknown`."""
    why = reach.unknown_why
    if table is not None:
        verdict = "yes" if reach.found else "unknown" if why else "no"
    else:
        verdict = "unknown" if reach.tables is None else "recorded"
    return {
        "reach": verdict,
        "reached": [{"table": one.label, "uses": [use.value for use in one.uses]} for one in reach.found],
        "reach_why": why if verdict == "unknown" else None,
        "reach_read_at": moment(reach.read_at),
        "reach_digest": reach.digest,
        "tables": reach.tables,
        "tables_not_recorded": reach.unrecorded if reach.tables is not None else None,
    }
