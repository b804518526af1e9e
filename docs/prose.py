"""Measure the prose of pages, code and tests; exit 1 beyond the limits.

Each folder shows vague pronouns, sentences that open with a pronoun, and idioms, all in 1,000 words. It also
shows the 90th percentile of the words in a sentence. Code and addresses do not count. A cell of a table and
an item of a list are sentences of their own. A sentence has at least four words. A question may open freely.
"""

import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from code_prose import code_texts

ROOT = Path(__file__).parents[1]
VAGUE = re.compile(r"\b(nobody|somebody|whoever|whose)\b", re.IGNORECASE)
OPENER = re.compile(
    r"\W*(?:test )?(what|whoever|whose|nobody|somebody|who)\b.*(?<!\?)$", re.IGNORECASE | re.DOTALL
)
IDIOM = re.compile(r"\b(any more|by now|of theirs)\b", re.IGNORECASE)

SHORTEST = 4
"""In words; a shorter text is a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Measured figures, or their limits."""

    vague: float
    openers: float
    idioms: float
    longest: int

    def within(self, limit: "Figures") -> bool:
        """Return whether no figure is over its limit."""
        return (
            self.vague <= limit.vague
            and self.openers <= limit.openers
            and self.idioms <= limit.idioms
            and self.longest <= limit.longest
        )

    def __str__(self) -> str:
        """Return the figures in one line."""
        return (
            f"{self.vague:4.1f} vague {self.openers:4.1f} openers {self.idioms:4.1f} idioms, "
            f"90 % have at most {self.longest} words"
        )


LIMITS = {
    "pages": Figures(vague=0.8, openers=0.6, idioms=0.3, longest=25),
    "code": Figures(vague=0.6, openers=0.5, idioms=0.3, longest=20),
    "tests": Figures(vague=1.2, openers=0.5, idioms=0.5, longest=20),
}
"""Of all folders of a kind together. Lower a limit when the prose gets better, never raise one."""

PAGES = ("README.md", "CHANGELOG.md", "docs/**/*.md")
CODE = tuple(
    f"{folder}/**/*" for folder in ("bot", "workers", "dbaccess", "sandbox", "demo", "bench", "docs")
)
TESTS = ("tests/**/*",)

_NO_PROSE = re.compile(
    r"<!--.*?-->|^(```|~~~).*?^\1|^(?: {4,}|\t).*?$|^#+ .*?$|^\[.*?\]: .*?$",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"`[^`]*`")
_ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+")
_ITEM = re.compile(r"\n\s*(?:[-*]|\d+\.) |\n\s*\n|\|")
_END = re.compile(r"(?<=[.!?])[\"'*)]*\s+")


def main() -> int:
    """Return 1 where a figure is over its limit; print the figures of every folder."""
    kinds = {
        "pages": folders(PAGES, page_texts),
        "code": folders(CODE, code_texts),
        "tests": folders(TESTS, code_texts),
    }
    verdicts = [report(kind, found) for kind, found in kinds.items()]
    return int(not all(verdicts))


def report(kind: str, by_folder: dict[str, list[str]]) -> bool:
    """Print the figures of these folders, and return whether all together keep the limit."""
    together = [sentence for found in by_folder.values() for sentence in found]
    figures = measure(together)
    kept = figures.within(LIMITS[kind])
    say(f"{kind:22}{words(together):6} words {figures}")
    say(f"{'  limit':34} {LIMITS[kind]}{'' if kept else '  EXCEEDED'}")
    for folder, found in by_folder.items():
        say(f"  {folder:20}{words(found):6} words {measure(found)}")
    return kept


def folders(patterns: Iterable[str], texts: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """Return the sentences of each folder, at most two levels deep, that has files that match."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(file for pattern in patterns for file in ROOT.glob(pattern)):
        folder = "/".join(file.relative_to(ROOT).parent.parts[:2]) or file.name
        for text in texts(file):
            found[folder] += sentences(text)
    return found


def page_texts(page: Path) -> list[str]:
    """Return the text of a page without its headings and blocks of code."""
    return [_NO_PROSE.sub("\n\n", page.read_text(encoding="utf-8"))]


def sentences(text: str) -> Iterator[str]:
    """Yield each sentence of a text, without code and addresses."""
    prose = _ADDRESS.sub("]", _CODE.sub("CODE", text))
    for item in _ITEM.split(f"\n{prose}"):
        for sentence in _END.split(" ".join(item.split())):
            if len(sentence.split()) >= SHORTEST:
                yield sentence


def measure(found: list[str]) -> Figures:
    """Return the figures of these sentences."""
    per_mille = 1000 / max(words(found), 1)
    return Figures(
        vague=per_mille * sum(len(VAGUE.findall(sentence)) for sentence in found),
        openers=per_mille * sum(OPENER.match(sentence) is not None for sentence in found),
        idioms=per_mille * sum(len(IDIOM.findall(sentence)) for sentence in found),
        longest=percentile(found),
    )


def words(found: list[str]) -> int:
    """Return how many words these sentences have together."""
    return sum(len(sentence.split()) for sentence in found)


def percentile(found: list[str]) -> int:
    """Return the length in words that nine of ten sentences do not exceed."""
    lengths = sorted(len(sentence.split()) for sentence in found)
    return int(statistics.quantiles(lengths, n=10)[-1]) if len(lengths) > 1 else sum(lengths)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
