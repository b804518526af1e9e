"""Secrets in a text that is no SQL: connection strings, URLs, JSON, headers, keys, tokens of known form."""

import re
from collections.abc import Sequence
from typing import Final

from dbaccess.activity.secret_json import hide_in_json
from dbaccess.activity.secret_names import STRONG, is_plain_name, mentions

REDACTED: Final = "[redacted]"

_WORDS: Final = rf"{STRONG}|token|jwt"
# The text before the word is kept: to match it would take long in a long text.
_NAME: Final = (
    rf"(?:(?:{_WORDS})[\w.-]{{0,60}}|\b(?:pw|pass|psw|pin|pat|otp|totp|mfa|auth|creds?|cookie|dsn|sslkey|"
    r"passfile)\b)(?:\[[^\]\s]{0,60}\])*"
)
_VALUE: Final = (
    r"(?:\[redacted\]|\\?\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|''(?:[^'\\]|\\.)*+(?:''|\Z)|"
    r"'(?:[^'\\]|\\.)*+(?:'|\Z)|(?:\\.|[^\s'\"&;,)}<\\])++)"
)

# A text without any of these holds nothing that is hidden. They are looked for in lower case and one by one,
# which takes a tenth of the time of one pattern.
_HINTS: Final = (
    "pass", "pwd", "psw", "secret", "token", "key", "cred", "cookie", "dsn", "auth", "otp", "mfa", "jwt",
    "bearer", "://", "@tcp(", "@unix(", "private", "eyj", "scram", "md5", " -u", "--user", "conn",
    "mnemonic", "kennwort", "contrase", "mot_de", "motde", "wachtwoord", "senha", "heslo", "парол",
    "パスワード", "密码", "basic", "pwhash", "pw_hash", "answer", "phrase", "recover", "backup", "reset",
    "activat", "verif",
)  # fmt: skip
# A short name ends before a capital letter too, as in `pinCode`: these are not looked for in lower case.
_SHORT_HINT: Final = re.compile(
    r"(?:[pP][wW]|[pP][iI][nN]|[pP][aA][tT])(?![a-z])|[?&;]\w|\$2[abxy]\$|[A-Za-z0-9_+/=-]{20}"
)
# SQL may hide something beside these, too.
_SQL_HINTS: Final = (
    "crypt", "hmac", "digest", "sha1", "sha2", "sha3", "sha5", "sign", "program", "dblink", "\\", "u&",
    "insert",
)  # fmt: skip
_ALL_HINTS: Final = (*_HINTS, *_SQL_HINTS)
LETS_IN: Final = (
    r"(?:\w*_)?(?:log_?in|log_?on|sign_?(?:in|on|up)|register|authenticate|unlock|add_account|account_add|"
    r"(?:add|change|create|make|new|reset|rotate|set)_(?:account|cred\w*|key|login|member|pw|user))"
)
"""Names of functions, in lower case, that check or make an account: one of their values is a secret."""

_COMMAND_HINT: Final = re.compile(
    rf"\b{LETS_IN}\W{{0,3}}\(|\bidentified\b|"
    r"(?:create|alter|import)\b.*?(?:role|user|group|subscription|server|mapping)|"
    r"(?:insert|merge)\s+into\s+\S{0,60}(?:user|account|login|member|people|person|customer|session)",
    re.DOTALL,
)


def may_be_secret(text: str) -> bool:
    """Return whether a text may hold something that `hide_in_value` hides."""
    if text.isdecimal():  # as many bind values are
        return False
    return _has_any(text.lower(), _HINTS) or _SHORT_HINT.search(text) is not None


def may_hide(sql: str) -> bool:
    """Return whether a statement may hold a secret, by its form or by where it stands."""
    lowered = sql.lower()
    return (
        _has_any(lowered, _ALL_HINTS)
        or _SHORT_HINT.search(sql) is not None
        or _COMMAND_HINT.search(lowered) is not None
    )


def _has_any(text: str, parts: Sequence[str]) -> bool:
    # As a loop it takes half the time of `any`, and each literal and each value comes here.
    for part in parts:  # noqa: SIM110
        if part in text:
            return True
    return False


NAMES_SECRET: Final = re.compile(
    rf"{_WORDS}|\b(?:pw|pass|pin|pat|otp|auth|creds?)\b|pgp_(?:sym|pub)|crypt\s*\(|hmac", re.IGNORECASE
)

_PREFIXED: Final = (
    r"gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|ffct|wt)-|glsa_|glc_|xox[a-z]-|"
    r"xoxe[.-]|xapp-|[rsp]k_(?:live|test)_|whsec_|sk-|npm_|pypi-|do[opr]_v1_|hv[sbr][.]|sq0[a-z]{3}-|"
    r"shp[a-z]{2}_|SG[.]|ya29[.]|GOCSPX-|AIza|ATATT|ATCTT|ATBB|lin_api_|figd_|NRAK-|PMAK-|rubygems_|"
    r"hf_|r8_|tfp_|AKCp|AGE-SECRET-KEY-|ops_ey|pscale_|sbp_|vercel_|fo1_|dckr_|ntn_|secret_|bkua_|"
    r"CCIPAT_|dapi|pat[A-Za-z0-9]{14}[.]|atlasv1[.]|nfp_|sntrys_|phc_|phx_|EAA[A-Z]|AIVEN|"
    r"amzn[.]mws[.]|dt0[a-z]\d\d[.]|eyJ|ops_|pat_|tok_|key-(?=[0-9a-f]{32})"
)

_FORMS: Final = (
    re.compile(
        r"(?P<keep>[?&;](?:[\w.-]{0,40}(?:key|sig|signature|sas|jwt|hash)|code|auth|sid)=)[^&\s'\"]+",
        re.IGNORECASE,
    ),
    # A name and its value: a connection string, JSON, XML, an environment variable, an option, a header.
    re.compile(
        rf"(?P<keep>{_NAME}\\?[\"'\]]{{0,3}}\s*(?:=>|:=|[=:>])\s*(?:(?:basic|bearer|digest|token)\s+)?){_VALUE}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<keep>(?<![\w-])--?[\w-]{{0,40}}{_NAME}\s+)(?!\[redacted\])[^\s-]\S*", re.IGNORECASE),
    re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}", re.IGNORECASE),
    re.compile(r"(?P<keep>\s(?:-u|--user)[ =]?['\"]?[^\s:'\"]+:)[^\s'\"]+"),
    re.compile(r"(?P<keep>\b[\w.-]{1,60}:)[^\s'\"]+(?=@(?:tcp|unix)\()"),
    re.compile(
        r"(?P<keep>-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----).*?"
        r"(?:(?=-----END [A-Z0-9 ]*PRIVATE KEY)|\Z)",
        re.DOTALL,
    ),
    # Tokens that say by their form what they are.
    re.compile(
        rf"(?P<keep>)(?:\b(?:AKIA|ASIA)[A-Z0-9]{{16}}\b|(?<![A-Za-z0-9])(?:{_PREFIXED})[\w.=~+/-]{{12,}}|"
        r"\bSCRAM-SHA-256\$\d+:[^\s']+|\bmd5[0-9a-f]{32}\b|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53})"
    ),
)
_URL: Final = re.compile(r"\b(?P<scheme>[a-z][a-z0-9+.-]{0,30})://(?P<rest>[^\s'\"<>]*)", re.IGNORECASE)
# The name alone in such a URL is a login, which is no secret.
_OF_LOGINS: Final = re.compile(r"postgres|mysql|mariadb|mongo|ssh|sftp|svn|jdbc|ldap", re.IGNORECASE)


_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{32,}+")
_LONG: Final = 48
_DIGITS: Final = 3


def _token(found: re.Match[str]) -> str:
    """Hide a run of letters and digits that is no word, no number, no hash in hex, and no identifier."""
    run = found.group()
    digits = sum(run.count(digit) for digit in "0123456789")
    is_mixed = not run.islower() and not run.isupper() and any(map(str.isupper, run))
    is_hex = not run.strip("0123456789abcdefABCDEF-")
    is_opaque = digits >= _DIGITS and not is_hex and (is_mixed or (len(run) >= _LONG and run.isalnum()))
    return REDACTED if is_opaque else run


def hide_in_text(text: str) -> str:
    """Return the text without the secrets that their form shows; idempotent."""
    if not may_be_secret(text):
        return text
    text = _URL.sub(_url, text)
    for form in _FORMS:
        text = form.sub(rf"\g<keep>{REDACTED}", text)
    return _RUN.sub(_token, text)


def hide_in_value(text: str) -> str:
    """Return a literal's or a bind value's text without its secrets; idempotent.

    Of JSON all that stands below a secret's key is hidden. Of any other text all that follows a secret's name
    is, because nothing says where the secret ends. A name alone stays.
    """
    if is_plain_name(text) or not may_be_secret(text):
        return text
    found = hide_in_json(text, hide_in_value, REDACTED)
    return _cut(hide_in_text(text)) if found is None else found


def _cut(text: str) -> str:
    named = next(mentions(text), None)
    if named is None:
        return text
    # Of code, a string before the name may be the value of a variable or a column that has it.
    before = _STRING.sub(rf"\g<quote>{REDACTED}\g<quote>", text[: named.start()])
    if not any(letter.isalnum() for letter in text[named.end() :]):
        return f"{before}{text[named.start() :]}"
    sign = _SIGN.match(text, named.end())
    name = text[named.start() : sign.end() if sign else named.end()]
    return f"{before}{name}{REDACTED}"


_STRING: Final = re.compile(r"(?P<quote>['\"])[^'\"]*(?P=quote)")
_SIGN: Final = re.compile(r"[\\\"'\])}]{0,4}\s*(?:=>|:=|[=:>])?\s*")


def _url(found: re.Match[str]) -> str:
    """Return the URL without its password, or without any name that may be a token."""
    authority, at, host = found["rest"].rpartition("@")
    if not at:
        return found.group()
    user, colon, _ = authority.partition(":")
    if colon:
        return f"{found['scheme']}://{user}:{REDACTED}@{host}"
    kept = authority if _OF_LOGINS.match(found["scheme"]) else REDACTED
    return f"{found['scheme']}://{kept}@{host}"
