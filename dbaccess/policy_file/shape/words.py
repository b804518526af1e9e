"""The kinds of text in the file, each with a message on what to write instead."""

import difflib
import re
from datetime import time, timedelta
from pathlib import PurePosixPath
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator

from dbaccess.domain.capture import OVER_SQL
from dbaccess.domain.duration import parse_duration
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.names import RESERVED_ROLES
from dbaccess.domain.reserved_names import is_command_word
from dbaccess.domain.slack_names import CHANNEL, GROUP, is_slack_name
from dbaccess.domain.text import clean
from dbaccess.policy_file.problems.problem import shown

_POSTGRES_LONGEST = 63
_EVERYBODYS = frozenset({"postgres", "template0", "template1"})
_SECRETS = ("password", "passfile", "sslpassword", "user")


def _name(longest: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > longest or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
            raise ValueError(
                f'"{shown(text)}" is not a name. Write up to {longest} of a-z, 0-9 and -, no - first.'
            )
        return text

    return AfterValidator(check)


def _no_command(text: str) -> str:
    if is_command_word(text):
        raise ValueError(
            f'"{shown(text)}" is a sub-command of /dbaccess, so a request in one line could not name it. '
            "Write another name."
        )
    return text


def is_person_id(text: str) -> bool:
    """Return whether it is spelled as Slack spells the id of a person: in capitals, `U…` or `W…`."""
    return _is_slack_id("UW", text)


def _is_slack_id(letters: str, text: str) -> bool:
    return re.fullmatch(rf"[{letters}][A-Z0-9]{{1,30}}", text) is not None


def _slack_id(letters: str, what: str, *, names: str = "") -> AfterValidator:
    def check(text: str) -> str:
        if not _is_slack_id(letters, text) and not is_slack_name(text, names):
            raise ValueError(f'"{shown(text)}" is not the Slack id of {what}.')
        return text

    return AfterValidator(check)


def _installation(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", text):
        raise ValueError(
            f'"{shown(text)}" is part of every login\'s name: write up to 16 of a-z and 0-9, a letter first.'
        )
    return text


def _postgres_name(text: str) -> str:
    if not text or len(text.encode()) > _POSTGRES_LONGEST or not text.isprintable():
        raise ValueError(f'"{shown(text)}" is not a name in PostgreSQL: write 1 to 63 printable bytes.')
    return text


def _lock_database(text: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", text) or text in _EVERYBODYS:
        raise ValueError(
            f'"{shown(text)}" cannot be the workers\' private database: write up to 63 of a-z, 0-9 and _, no '
            "digit first, and not postgres nor a template."
        )
    return text


def _postgres_role(text: str) -> str:
    _postgres_name(text)
    if text.lower() in RESERVED_ROLES or text.lower().startswith("pg_"):
        raise ValueError(
            f'"{shown(text)}" belongs to PostgreSQL itself. '
            "Write the name of a role that you made with exactly the rights to give."
        )
    return text


def _schema(text: str) -> str:
    _postgres_name(text)
    if "." in text:
        raise ValueError(f'"{shown(text)}" has a dot in it. Write the name of a schema alone.')
    if text.startswith("pg_") or text == "information_schema":
        raise ValueError(f'"{shown(text)}" belongs to PostgreSQL itself. Name a schema of your own.')
    return text


def _table(text: str) -> str:
    schema, _, name = text.partition(".")
    if not schema or not name or "." in name:
        raise ValueError(f'"{shown(text)}" is not a table: write schema.table, as the catalog spells them.')
    _schema(schema)
    _postgres_name(name)
    return text


def _sentence(text: str) -> str:
    if not text.strip() or clean(text) != text or "\n" in text or "\t" in text:
        raise ValueError("Write one line of plain text, without spaces around it or invisible characters.")
    if len(text) > 150:  # noqa: PLR2004 two lines on a phone
        raise ValueError(f"At most 150 characters; this has {len(text)}.")
    return text


def _log_place(text: str) -> str:
    if text == OVER_SQL:
        return text
    if not text.isprintable() or not PurePosixPath(text).is_absolute() or ".." in PurePosixPath(text).parts:
        raise ValueError(
            f'"{shown(text)}" is not a place of a log. '
            'Write "sql", or the absolute path of the directory on the workers\' hosts.'
        )
    return text


def _connection(text: str) -> str:
    try:
        parts = conninfo_to_dict(text)
    except ProgrammingError:
        parts = {}
    if "host" not in parts:
        raise ValueError("Write how people connect: host=… port=… dbname=… sslmode=verify-full.")
    if told := [name for name in _SECRETS if name in parts]:
        raise ValueError(f"{told[0]} does not belong here: every holder sees this text.")
    return text


def duration_of(text: str) -> timedelta:
    """Return the duration; raises `ValueError`, for pydantic."""
    try:
        return parse_duration(text)
    except BadDuration as error:
        raise ValueError(str(error)) from None


def _duration(text: str) -> str:
    duration_of(text)
    return text


def clock_of(text: str) -> time:
    """Return the time of day; `24:00` is midnight, as an end."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text):
        raise ValueError(f'"{shown(text)}" is not a time of day. Write 08:00.')
    return time.fromisoformat(text.replace("24:00", "00:00"))


def _clock(text: str) -> str:
    clock_of(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = nearest_zone(text)
        hint = f"Nearest: {close}." if close else "Write Europe/Berlin, say."
        raise ValueError(f'"{shown(text)}" is not a time zone. {hint}') from None
    return text


def nearest_zone(text: str) -> str:
    """Return the time zone that is probably meant; empty if none is similar."""
    known = available_timezones()
    place = re.sub(r"[\s-]+", "_", text.strip().lower())
    same = sorted(zone for zone in known if zone.lower() == place or zone.lower().endswith(f"/{place}"))
    return next(iter(same or difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.7)), "")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"Not a regular expression: {error}. Write something like [A-Z]+-[0-9]+") from None
    if not text or re.fullmatch(text, ""):
        raise ValueError("It fits no ticket at all, too. Write something like [A-Z]+-[0-9]+")
    return text


Name = Annotated[str, _name(30)]
TargetName = Annotated[str, _name(30), AfterValidator(_no_command)]
RoleName = Annotated[str, _name(20)]
Installation = Annotated[str, AfterValidator(_installation)]
PersonSlackId = Annotated[str, _slack_id("UW", "a person (U… or W…)")]
ChannelId = Annotated[str, _slack_id("CG", "a channel (C…), nor its name (#…)", names=CHANNEL)]
SourceSlackId = Annotated[
    str,
    _slack_id(
        "SUWCG",
        "a user group (S…), a person (U…) or a channel (C…), nor a name (@group, #channel)",
        names=CHANNEL + GROUP,
    ),
]
PostgresName = Annotated[str, AfterValidator(_postgres_name)]
PostgresRole = Annotated[str, AfterValidator(_postgres_role)]
LockDatabase = Annotated[str, AfterValidator(_lock_database)]
SchemaName = Annotated[str, AfterValidator(_schema)]
TableName = Annotated[str, AfterValidator(_table)]
Sentence = Annotated[str, AfterValidator(_sentence)]
LogPlace = Annotated[str, AfterValidator(_log_place)]
Connection = Annotated[str, AfterValidator(_connection)]
DurationText = Annotated[str, AfterValidator(_duration)]
ClockTime = Annotated[str, AfterValidator(_clock)]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
