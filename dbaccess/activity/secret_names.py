"""The names of secrets, by which they are known wherever they stand: columns, keys, settings, arguments."""

import re
from collections.abc import Iterator
from typing import Final

_KEYS: Final = (
    "access|account|aes|api|auth|client|deploy|enc|encryption|gpg|hmac|host|jwt|kms|licen[cs]e|master|pgp|"
    "private|rsa|secret|server|service|session|shared|signing|ssh|storage|subscription|tls|vault|wallet|webhook"
)
STRONG: Final = (
    r"passw|passphrase|passcode|passkey|pwd|secret|credential|authorization|kennwort|contrase|"
    rf"mot_?de_?passe|wachtwoord|senha|heslo|парол|パスワード|密码|(?:{_KEYS})[ _-]?keys?|"
    r"conn(?:ection)?[_-]?str(?:ing)?|conninfo|keytab|mnemonic|bearer|seed[ _-]?phrase|security[ _-]?answer|"
    r"(?:activation|backup|recovery|reset|verification)[ _-]?codes?|pw_?hash"
)
"""Parts of a word that name a secret whatever stands beside them."""

_SECRET: Final = re.compile(
    rf"{STRONG}|(?:^|[_.-])(?:pass|psw|pw|pin|pat|tokens?|auth|otp|totp|mfa|jwt|creds?|cookies?|dsn|"
    r"sslkey|passfile)(?:[_.-]|\d*$)|tokens?$|(?:admin|db|ftp|mail|root|smtp|user)pass$"
)
_STRONG: Final = re.compile(rf"{STRONG}|token|jwt|\bcreds?\b", re.IGNORECASE)
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[^\W_][\w.-]*")

# A name, or a path with one in it: `password`, `%secret%`, `{db,password}`, `$.db.password`.
_FEW: Final = re.compile(r"[\w\s{}\[\]()\"%$@.,*/-]{1,300}")
_PATH: Final = re.compile(r"\s*[{$\[]")
_PLAIN: Final = re.compile(r"[^\W\d][^\W\d.-]*(?:[_.-][^\W\d]+){0,6}")


def is_secret_name(name: str) -> bool:
    """Return whether this is the name of a secret: `password`, `smtp_password`, `apiKey`, `secrets`."""
    return bool(name) and _SECRET.search(_HUMP.sub("_", name).lower()) is not None


def is_name_text(text: str) -> bool:
    """Return whether a text is the name of a secret and nothing else, or a path with such a name in it."""
    if not _FEW.fullmatch(text) or "[redacted]" in text:
        return False
    words = [found.group() for found in _WORD.finditer(text)]
    return (len(words) == 1 or _PATH.match(text) is not None) and any(map(is_secret_name, words))


def is_plain_name(text: str) -> bool:
    """Return whether such a text can be kept: one word without digits, which a secret rarely is."""
    word = text.strip('%{}"$. ')
    return len(word) <= _LONGEST_NAME and _PLAIN.fullmatch(word) is not None and is_name_text(word)


_LONGEST_NAME: Final = 40


def mentions(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text that name a secret whatever the text is about."""
    if _STRONG.search(text):
        yield from (found for found in _WORD.finditer(text) if _STRONG.search(found.group()))


def mentions_secret(text: str) -> bool:
    return next(mentions(text), None) is not None
