"""Text for Slack, in which nothing that people typed can ping, link or break out of its place."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.people import SlackId, SourceId
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.domain.text import clean, seen, visible_length

DATE_FORMAT = "{date_short_pretty}, {time}"
_WITHIN_A_SENTENCE = "{date_short_pretty} at {time}"
_ERROR_LONGEST = 2800
_MARK_UP = re.compile(r"`|[*~](?=\S)|(?<=\S)[*~]|(?<![A-Za-z0-9])_(?=\S)")
_LOOK_ALIKE = {
    "`": "'",
    "*": "\N{ASTERISK OPERATOR}",
    "~": "\N{TILDE OPERATOR}",
    "_": "\N{FULLWIDTH LOW LINE}",
}
_EMOJI = re.compile(r":(?=(?:\d*[^\W\d][\w+'-]*|[+-]\d+|100|1234):)")
_MARKS = re.compile(
    r"(?:[\u203c\u2049\u20e4\u2610-\u2612\u2622\u2623\u26a0\u26aa\u26ab\u26d4\u26db\u2705\u2713-\u2718]"
    r"|[\u25ec\u274c\u274e\u2755\u2757\u2b55\u2bbd-\u2bbf\U00010102\U0001f197\U0001f534\U0001f535]"
    r"|[\U0001f53a\U0001f53b\U0001f5f4-\U0001f5f9\U0001f6a8\U0001f6ab\U0001f6c6\U0001f6d1\U0001fbb1]"
    # A lime and a brown mushroom end in a coloured square.
    r"|(?<![\U0001f34b\U0001f344]\u200d)[\U0001f7e0-\U0001f7eb])"
    r"[\ufe00-\ufe0f\u20dd-\u20e4\U0001f3fb-\U0001f3ff]*"
)
"""Signs that look like our warning mark, or like a verdict: checks, crosses, stops and coloured lights."""
_NO_MARK = "\N{WHITE SQUARE}"
_DATE = re.compile(r"<!date\^[^|>]*\|([^|>]*)>")
_TOKEN = re.compile(
    r"<(?:!date\^(\d+)\^[^|>]*\|([^>]*)|(https?://[^|>]*)\|([^>]*)|@([UW][A-Z0-9]*)|!subteam\^(S[A-Z0-9]*))>"
)


def escape(text: str) -> str:
    """Return the text with `&`, `<` and `>` escaped, so that no `<!channel>` or link survives in it.

    It has no mark of ours either.
    """
    return without_marks(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def without_marks(text: str) -> str:
    """Return the text with a white square for each emoji that imitates our warning mark or a verdict.

    Other emoji stay, flags and keycaps too.
    """
    return text if text.isascii() else _MARKS.sub(_NO_MARK, text)


def inline(text: str) -> str:
    """Return typed text for a line of mrkdwn, where it stays text: on one line, without mark-up, escaped."""
    return literal(plain(text))


def literal(text: str) -> str:
    """Return the text escaped, with look-alikes of the signs from which Slack makes bold, code and emoji."""
    kept = _EMOJI.sub("\N{RATIO}", _MARK_UP.sub(lambda mark: _LOOK_ALIKE[mark[0]], text))
    return escape(kept)


QUOTATION = "&gt;"
"""Begins a line that Slack shows as a quotation."""


def quote(text: str) -> str:
    """Return typed text as a quotation, with a mark on each of its lines, so that none can leave it."""
    kept = [literal(line) for line in clean(text).split("\n") if visible_length(line)]
    return "\n".join(f"{QUOTATION} {line}" for line in kept)


def plain(text: str) -> str:
    """Return typed text for plain text: cleaned and on one line."""
    return " ".join(clean(text).split())


def cut(text: str, longest: int) -> str:
    """Return at most `longest` characters, counted as Slack does after escaping; a cut text ends in `…`."""
    if len(escape(text)) <= longest:
        return text
    kept = text[:longest]
    while kept and len(escape(kept)) + 1 > longest:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def pieces(text: str, longest: int) -> list[str]:
    """Return the whole text in parts that each stay within `longest` characters after escaping."""
    parts, part, size = [], "", 0
    for character in text:
        width = len(escape(character))
        if size + width > longest:
            parts.append(part)
            part, size = "", 0
        part, size = part + character, size + width
    return [*parts, part] if part else parts


def fit(mrkdwn: str, longest: int) -> str:
    """Return finished mrkdwn within the limit; a cut tears no token or entity."""
    if len(mrkdwn) <= longest:
        return mrkdwn
    kept = mrkdwn[: longest - 1]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if "&" in kept[-5:] and ";" not in kept[kept.rfind("&") :]:
        kept = kept[: kept.rfind("&")]
    return kept + "…"


def date(moment: datetime, *, shown: str = DATE_FORMAT) -> str:
    """Return a moment in each reader's own zone, for mrkdwn; `plain_text` elements show its time in UTC."""
    return f"<!date^{int(moment.timestamp())}^{shown}|{moment:%H:%M} UTC>"


def undated(text: str) -> str:
    """Return the text with the times of date tokens in UTC, for places where Slack shows a token raw."""
    return _DATE.sub(r"\1", text)


def local_time(moment: datetime, tz: str, *, now: datetime | None = None) -> str:
    """Return `05:15` in the zone, or `24 Nov 05:15` on another day than `now`.

    For an unknown zone it is in UTC, and says so.
    """
    try:
        zone, suffix = ZoneInfo(tz), ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone, suffix = ZoneInfo("UTC"), " UTC"
    local = moment.astimezone(zone)
    other_day = now is not None and now.astimezone(zone).date() != local.date()
    return f"{local.day} {local:%b %H:%M}{suffix}" if other_day else f"{local:%H:%M}{suffix}"


def quiet_link(name: str, slack_id: SlackId, workspace_url: str) -> str:
    """Return a person's name that links to their profile without a ping."""
    shown = inline(name).replace("|", "/") or slack_id
    base = workspace_url.rstrip("/")
    return f"<{base}/team/{slack_id}|{shown}>" if base.startswith(("https://", "http://")) else shown


def person_mention(slack_id: SlackId) -> str:
    return f"<@{slack_id}>"


def group_mention(group: ReviewerGroup) -> str:
    """Ping the group's user groups and people; a group of channels alone is named."""
    pings = [ping for source in group.sources if (ping := _source_mention(source))]
    return " ".join(pings) or inline(group.name)


def _source_mention(source: SourceId) -> str:
    if source.startswith("S"):
        return f"<!subteam^{source}>"
    return f"<@{source}>" if source.startswith(("U", "W")) else ""


def code_block(text: str) -> str:
    """Return the text alone in a code block, which no backtick in it can close."""
    return f"```{escape(cut(text.replace('`', chr(39)), 2900))}```"


def refusal(error: DbaccessError) -> str:
    """Return an error's text, escaped, with its moments in each reader's own zone."""
    return "".join(
        date(part, shown=_WITHIN_A_SENTENCE)
        if isinstance(part, datetime)
        else literal(cut(seen(part), _ERROR_LONGEST))
        for part in error.parts
    )


def unmarked(mrkdwn: str, names: Mapping[str, str] | None = None) -> str:
    """Return the text without tokens: times in UTC, links by their words, mentions by these names."""
    known = names or {}

    def say(token: re.Match[str]) -> str:
        _, time, _, label, person, group = token.groups()
        return str(time or label or inline(known.get(person or group, person or group)))

    return _TOKEN.sub(say, mrkdwn).replace("```", "")


def spoken(lines: Iterable[str], *, tz: str, now: datetime, names: Mapping[str, str]) -> str:
    """Return the lines for a lock screen and a screen reader: no token, no mark-up, times in `tz`."""

    def say(token: re.Match[str]) -> str:
        stamp, _, _, label, person, group = token.groups()
        if stamp is not None:
            moment = datetime.fromtimestamp(int(stamp), tz=now.tzinfo)
            return local_time(moment, tz, now=now)
        return label if label is not None else inline(names.get(person or group, person or group))

    return "\n".join(_TOKEN.sub(say, line).replace("```", "") for line in lines)
