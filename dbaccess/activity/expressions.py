"""The extent of an expression among the tokens of a statement, as far as words and parentheses show it."""

from collections.abc import Iterator, Sequence
from typing import Final

from dbaccess.activity.lexer import Token

_BOUNDARIES: Final = frozenset(
    {"and", "or", "from", "where", "group", "order", "having", "limit", "offset", "union", "returning", "on",
     "join", "using", "when", "valid", "uescape"}
)  # fmt: skip
_BEGINS: Final = _BOUNDARIES | {"select", "set", "values", "by", "then", "else", "do"}
_OPENING: Final = frozenset({"(", "["})
_CLOSING: Final = frozenset({")", "]"})


class Expressions:
    """The expressions of one statement. Each is looked at once, so that a long statement takes no long."""

    def __init__(self, meant: Sequence[Token]) -> None:
        self._meant = meant
        self._done: set[int] = set()
        self._opened: list[int | None] = []
        self._closed: dict[int, int] = {}
        opened: list[int] = []
        for index, token in enumerate(meant):
            if token.text in _CLOSING and opened:
                self._closed[opened.pop()] = index
            self._opened.append(opened[-1] if opened else None)
            if token.text in _OPENING:
                opened.append(index)

    def around(self, index: int) -> Iterator[int]:
        """Yield the places of the expression around this one, and of those around its parentheses.

        An expression reaches to a word between two, or to a comma outside of parentheses. Places that were
        yielded before are left out.
        """
        begin: int | None = index
        end, right = index, index + 1
        while begin is not None and begin not in self._done:
            left, known = self._left(begin), right
            if right <= end + 1:  # else it has passed this end already
                awaits_and = any(self._meant[n].name == "between" for n in range(left, begin))
                known, right = end + 1, self._right(end, awaits_and=awaits_and)
            places = [n for n in (*range(left, begin + 1), *range(known, right)) if n not in self._done]
            self._done.update(places)
            yield from places
            begin = self._opened[left]
            end = self._closed.get(begin, len(self._meant) - 1) if begin is not None else end

    def _left(self, begin: int) -> int:
        """Return the first place of the expression that goes on with `begin`."""
        index = begin - 1
        inside = self._opened[begin]
        while index >= 0 and index != inside:
            token = self._meant[index]
            if self._opened[index] == inside and self._is_begin(index):
                return index + 1
            if token.text in _CLOSING and self._opened[index] != inside:
                return index + 1
            index -= 1
        return index + 1

    def _is_begin(self, index: int) -> bool:
        token, before = self._meant[index], self._meant[index - 1].name if index else ""
        if token.text == ",":
            return self._opened[index] is None
        return token.name in _BEGINS and not (token.name == "from" and before == "distinct")

    def _right(self, end: int, *, awaits_and: bool) -> int:
        """Return the place behind the expression that goes on after `end`, also behind its parentheses."""
        depth = base = cases = 0
        for index in range(end + 1, len(self._meant)):
            text, name = self._meant[index].text, self._meant[index].name
            depth += (text in _OPENING) - (text in _CLOSING)
            base = min(base, depth)
            cases += (name == "case") - (name == "end" and cases > 0)
            if depth > base or cases:
                continue
            is_awaited = name == "and" and awaits_and
            is_distinct = name == "from" and self._meant[index - 1].name == "distinct"
            is_end = name in _BOUNDARIES and not (is_awaited or is_distinct)
            if is_end or (text == "," and self._opened[index] is None):
                return index
            awaits_and = name == "between" or (awaits_and and not is_awaited)
        return len(self._meant)
