"""Secrets in a text that is no SQL: connection strings, URLs, JSON, headers, keys, tokens of known form."""

import re
from typing import Final

REDACTED: Final = "[redacted]"

_WORDS: Final = (
    r"passw|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|"
    r"shared[_-]?key|encryption[_-]?key|credential|authorization"
)
# What stands before the word is kept all the same: to match it would take long in a long text.
_NAME: Final = rf"(?:(?:{_WORDS})[\w.-]{{0,60}}|\b(?:pw|pass|psw|pin|otp|auth|sslkey|passfile)\b)"
_VALUE: Final = (
    r"(?:\[redacted\]|\\?\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|''(?:[^'\\]|\\.)*+(?:''|\Z)|"
    r"'(?:[^'\\]|\\.)*+(?:'|\Z)|[^\s'\"&;,)}<]++)"
)

# A text without any of these holds nothing that is hidden; SQL may hide something beside these.
_IN_TEXT: Final = (
    r"pass|pwd|psw|\bpw\b|pin\b|secret|token|key|credential|auth|otp|://|[?&;]\w|PRIVATE|AKIA|ASIA|gh[pousr]_|"
    r"github_pat_|glpat-|xox[a-z]-|xapp-|[rs]k_|sk-|eyJ|AIza|SCRAM|md5|\$2|\s-u|--user|bearer"
)
_TEXT_HINT: Final = re.compile(_IN_TEXT, re.IGNORECASE)
HINT: Final = re.compile(
    rf"{_IN_TEXT}|crypt|hmac|digest|sha\d|sign|role\b|\buser\b|group\b|program|subscription|server|mapping|"
    r"dblink|\\|u&|basic",
    re.IGNORECASE,
)

NAMES_SECRET: Final = re.compile(rf"{_WORDS}|\b(?:pw|pass)\b|pgp_(?:sym|pub)|crypt\s*\(|hmac", re.IGNORECASE)

_FORMS: Final = (
    # A URL's password, and the secret parts of its query.
    re.compile(
        r"(?P<keep>\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@'\"]{0,200}:)[^\s@'\"]{1,200}+(?=@)", re.IGNORECASE
    ),
    re.compile(
        r"(?P<keep>[?&;](?:[\w.-]{0,40}(?:key|sig|signature|sas|jwt)|code|auth|sid)=)[^&\s'\"]+",
        re.IGNORECASE,
    ),
    # A name and its value: a connection string, JSON, XML, an environment variable, an option, a header.
    re.compile(
        rf"(?P<keep>{_NAME}[\"']{{0,2}}\s*(?:=>|[=:>])\s*(?:(?:basic|bearer|digest|token)\s+)?){_VALUE}",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<keep>\bbearer\s+)[\w.~+/=-]+", re.IGNORECASE),
    re.compile(r"(?P<keep>\s(?:-u|--user)[ =]?['\"]?[^\s:'\"]+:)[^\s'\"]+"),
    re.compile(
        r"(?P<keep>-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----).*?"
        r"(?:(?=-----END [A-Z0-9 ]*PRIVATE KEY)|\Z)",
        re.DOTALL,
    ),
    # Tokens that say by their form what they are.
    re.compile(
        r"(?P<keep>)(?:\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|"
        r"\bglpat-[\w-]{20,}|\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{10,}|\b[rs]k_(?:live|test)_\w{16,}|"
        r"\bsk-[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bAIza[\w-]{30,}|"
        r"\bSCRAM-SHA-256\$\d+:[^\s']+|\bmd5[0-9a-f]{32}\b|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53})"
    ),
)


def hide_in_text(text: str) -> str:
    """Return the text without the secrets that their form shows; idempotent."""
    if not _TEXT_HINT.search(text):
        return text
    for form in _FORMS:
        text = form.sub(rf"\g<keep>{REDACTED}", text)
    return text


def decoded(literal: str) -> str:
    """Return what a literal of any kind holds, its escapes read."""
    if literal.startswith("$"):
        delimiter = literal[: literal.index("$", 1) + 1]
        return literal[len(delimiter) :].removesuffix(delimiter)
    prefix, _, body = literal.partition("'")
    body = body.removesuffix("'").replace("''", "'")
    if prefix.lower() == "e":
        return _ESCAPE.sub(_of_escape, body)
    return _UNICODE.sub(_of_unicode, body) if prefix.lower() == "u&" else body


_ESCAPE: Final = re.compile(
    r"\\(?:x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|"
    r"(?P<octal>[0-7]{1,3})|(?P<plain>.))",
    re.DOTALL,
)
_UNICODE: Final = re.compile(r"\\(?:\+(?P<long>[0-9a-fA-F]{6})|(?P<short>[0-9a-fA-F]{4})|\\)")
_PLAIN: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LAST: Final = 0x10FFFF


def _of_escape(found: re.Match[str]) -> str:
    if (plain := found["plain"]) is not None:
        return _PLAIN.get(plain, plain)
    octal = found["octal"]
    number = int(octal, 8) if octal else int(found["hex"] or found["short"] or found["long"], 16)
    return chr(min(number, _LAST))


def _of_unicode(found: re.Match[str]) -> str:
    digits = found["long"] or found["short"]
    return chr(min(int(digits, 16), _LAST)) if digits else "\\"
