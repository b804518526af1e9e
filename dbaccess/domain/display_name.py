"""The name under which messages show a person. Slack lets people choose it, so it proves nothing."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST: Final = 32
_PUNCTUATION: Final = "'-.\N{RIGHT SINGLE QUOTATION MARK}"
_FILLERS: Final = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters by their category, which show nothing."""
_OF_NAMES: Final = frozenset({"Ll", "Lo", "Lt", "Lu", "Mc", "Mn", "Nd"})
_WITHOUT_WIDTH: Final = frozenset({"Cc", "Cf", "Cn", "Me"})
"""Categories that leave no gap where they are left out; any other sign parts two words."""
_OUR_WORDS: Final = re.compile(
    r"(?:dis)?approv|\bden(?:y|ied)|grant(?:s|ed)?\b|\bactive|\bwaiting|\bended|\bexpired|\blapsed|withdrawn"
    r"|\brevok|\boverdue|lock\W?down|verified|\brecorded|\breviewed|justified|break\W?glass|dbaccess"
    r"|\baprov|\breject|\baccepted|\bauthori[sz]ed|\bconfirmed|\bdeclined|\brefused|\bcancell?ed|\bpermitted"
    r"|\ballowed|slackbot|\b[rg]-\d"
)
"""The words with which our own messages begin or end, words like them, and the numbers of our records."""
_IDS: Final = re.compile(r"[UWBCGS](?=[A-Z]*\d)[A-Z0-9]{5,}")
"""An account, group or channel of Slack: it would read like the certain name behind it."""
_SPACED: Final = re.compile(r"\b(\w)[ -]+(?=\w\b)")
"""Between letters that stand alone, as in `A p p r o v e d`."""
_ALPHABETS: Final = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LATIN"})
"""Alphabets with letters that look alike."""
_LOOKS_LIKE: Final = str.maketrans(
    # Cyrillic, Greek, then digits; a word of them alone mixes no alphabets.
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0433\u044c\u0456\u0458\u0455\u0475"
    "\u0501\u04bb\u051b\u051d\u04cf"
    "\u03b1\u03b2\u03b3\u03b4\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9"
    "03457",
    "abekmhopctyxrbijsvdhqwlabydenikvoptuxwoeast",
)
"""Signs that look like a letter of ours, in small letters."""


def shown_name(display: str, known_as: str) -> str:
    """Return `Maya Lindqvist (maya)`: the display name, and behind it the one that is certain.

    Only letters, digits and the marks of names stay, on one line. A display name that is empty then, that
    reads like a message of ours or that mixes alphabets in a word is left out.
    """
    name = _letters(display)
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 1].rstrip()}…"
    return f"{name} ({known_as})" if name and name != known_as else known_as


# A message shows each of its people several times, and looking up a letter's name is slow.
@lru_cache(maxsize=1024)
def _letters(display: str) -> str:
    kept = "".join(_kept(one) for one in unicodedata.normalize("NFKC", display))
    name = " ".join(kept.split()).strip("-. ")
    if not any(one.isalnum() for one in name) or _reads_like_ours(name):
        return ""
    if any(_IDS.fullmatch(word) for word in name.split()):
        return ""
    return "" if any(_is_mixed(word) for word in name.split()) else name


def _kept(character: str) -> str:
    if character in _FILLERS or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    category = unicodedata.category(character)
    if character in _PUNCTUATION or category in _OF_NAMES:
        return character
    return "" if category in _WITHOUT_WIDTH and not character.isspace() else " "


def _reads_like_ours(name: str) -> bool:
    """Return whether one of our words is in it, also in signs that look like its letters."""
    bare = _bare(name)
    alike = bare.translate(_LOOKS_LIKE)
    readings = (bare, _SPACED.sub(r"\1", bare), alike.replace("1", "l"), alike.replace("1", "i"))
    # The words of a name together, too: `Appro ved by`.
    return any(_OUR_WORDS.search(one) or _OUR_WORDS.match("".join(one.split())) for one in readings)


def _bare(name: str) -> str:
    """Return the name without accents, in small letters."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(one for one in plain if one.isalnum() or one in " -").casefold()


def _is_mixed(word: str) -> bool:
    names = [unicodedata.name(one, "") for one in word if one.isalpha()]
    alphabets = {name.partition(" ")[0] for name in names} & _ALPHABETS
    return len(alphabets) > 1 or any("SMALL CAPITAL" in name for name in names)
