"""Measure the prose of README, changelog and documentation; exit 1 beyond the limits.

Two figures: vague pronouns in 1,000 words, and the 90th percentile of the words in a sentence. Code and
addresses do not count. A cell of a table and an item of a list are sentences of their own; a sentence has
four words at least.
"""

import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
VAGUE = re.compile(r"\b(nobody|somebody|whoever|whose)\b", re.IGNORECASE)
MOST_VAGUE = 1.0
"""In 1,000 words of all pages together."""
LONGEST = 28
"""Words in a sentence, 90th percentile of all pages together."""

SHORTEST = 4
"""Words; what is shorter is a label."""

_NO_PROSE = re.compile(
    r"<!--.*?-->|^(```|~~~).*?^\1|^(?: {4,}|\t).*?$|^#+ .*?$|^\[.*?\]: .*?$",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"`[^`]*`")
_ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+")
_ITEM = re.compile(r"\n\s*(?:[-*]|\d+\.) |\n\s*\n|\|")
_END = re.compile(r"(?<=[.!?])[\"'*)]*\s+")


def main() -> int:
    """Return 1 where a figure is over its limit; print both, and the worst pages."""
    read = {page: list(sentences(page.read_text(encoding="utf-8"))) for page in pages()}
    words = sum(len(sentence.split()) for found in read.values() for sentence in found)
    vague = 1000 * sum(_vague(found) for found in read.values()) / words
    longest = percentile([sentence for found in read.values() for sentence in found])
    say(f"{words} words, {vague:.1f} vague pronouns in 1,000 (limit {MOST_VAGUE:g})")
    say(f"sentences: 90 % have at most {longest} words (limit {LONGEST})")
    if vague <= MOST_VAGUE and longest <= LONGEST:
        return 0
    for page, found in sorted(read.items(), key=lambda item: -_vague(item[1]))[:10]:
        figures = f"{_vague(found)} vague pronouns, 90 % have at most {percentile(found)} words"
        say(f"  {page.relative_to(ROOT)}: {figures}")
    return 1


def pages() -> list[Path]:
    """Return every page that is measured."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def sentences(page: str) -> Iterator[str]:
    """Yield each sentence of a page, without code and addresses."""
    prose = _NO_PROSE.sub("\n\n", page)
    prose = _ADDRESS.sub("]", _CODE.sub("CODE", prose))
    for item in _ITEM.split(f"\n{prose}"):
        for sentence in _END.split(" ".join(item.split())):
            if len(sentence.split()) >= SHORTEST:
                yield sentence


def percentile(found: list[str]) -> int:
    """Return the length in words that nine of ten sentences do not exceed."""
    lengths = sorted(len(sentence.split()) for sentence in found)
    return int(statistics.quantiles(lengths, n=10)[-1]) if len(lengths) > 1 else sum(lengths)


def _vague(found: list[str]) -> int:
    return sum(len(VAGUE.findall(sentence)) for sentence in found)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
