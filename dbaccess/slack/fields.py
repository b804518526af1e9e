"""The inputs of a form: how one is drawn, read back when the form returns, and told what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dbaccess.domain.errors import BadReason, Refused
from dbaccess.domain.text import clean
from dbaccess.slack.blocks import plain_text
from dbaccess.slack.text import undated

Json = dict[str, Any]

BLOCK_ID_LONGEST: Final = 255
ERROR_LONGEST: Final = 255
OPTIONS_MOST: Final = 100
RADIO_MOST: Final = 10
_LABEL_LONGEST: Final = 2000
_PLACEHOLDER_LONGEST: Final = 150
_CHOOSE: Final = "Choose"


class Field(str):
    """The id of an input: of its element, and of its block.

    A key behind the block's id makes Slack forget what was entered for another key. Without one Slack keeps
    what was entered when the view is updated.
    """

    __slots__ = ()

    def text(
        self,
        label: str,
        *,
        longest: int,
        placeholder: str = "",
        initial: str = "",
        multiline: bool = True,
        optional: bool = False,
    ) -> Json:
        element: Json = {"type": "plain_text_input", "multiline": multiline, "max_length": longest}
        if placeholder:
            element["placeholder"] = plain_text(placeholder, _PLACEHOLDER_LONGEST)
        if initial:
            element["initial_value"] = initial[:longest]
        return self._block(label, element, optional=optional)

    def select(
        self,
        label: str,
        options: Sequence[Json],
        *,
        placeholder: str,
        chosen: str | None = None,
        key: str = "",
        dispatch: bool = False,
    ) -> Json:
        """A menu; `chosen` is the value of the option that is picked. With `dispatch` a choice is sent."""
        shown = list(options)[:OPTIONS_MOST]
        element: Json = {
            "type": "static_select",
            "placeholder": plain_text(placeholder, _PLACEHOLDER_LONGEST),
            "options": shown,
        }
        return self._block(label, element | _initial(shown, chosen), key=key, dispatch=dispatch)

    def search(self, label: str, *, placeholder: str, chosen: Json | None) -> Json:
        """A menu that asks for its options while a name is typed; a choice is sent at once."""
        element: Json = {
            "type": "external_select",
            "min_query_length": 0,
            "placeholder": plain_text(placeholder, _PLACEHOLDER_LONGEST),
        }
        if chosen is not None:
            element["initial_option"] = chosen
        return self._block(label, element, dispatch=True)

    def radio(self, label: str, options: Sequence[Json], *, chosen: str | None = None, key: str = "") -> Json:
        """Radio buttons, or a menu above Slack's limit; `chosen` is the value of the one that is picked."""
        if len(options) > RADIO_MOST:
            return self.select(label, options, placeholder=_CHOOSE, chosen=chosen, key=key)
        element: Json = {"type": "radio_buttons", "options": list(options)}
        return self._block(label, element | _initial(options, chosen), key=key)

    def value(self, view: Mapping[str, Any]) -> str:
        """Return the text or the value of the chosen option; empty if there is none."""
        entries = view.get("state", {}).get("values", {})
        for block_id in self._block_ids(view):
            entry = entries.get(block_id, {}).get(self) or {}
            if found := entry.get("value") or (entry.get("selected_option") or {}).get("value"):
                return str(found)
        return ""

    def typed(self, view: Mapping[str, Any], *, longest: int) -> str:
        """Return the typed text, cleaned and cut."""
        return clean(self.value(view))[:longest].strip()

    def require(self, view: Mapping[str, Any], *, longest: int, refusal: str = "Say why.") -> str:
        """The same; raises `BadReason` where nothing was typed."""
        if not (text := self.typed(view, longest=longest)):
            raise BadReason(refusal)
        return text

    def key(self, view: Mapping[str, Any]) -> str:
        """Return the text behind the id of its block; empty if there is none."""
        return next((block_id.partition("/")[2] for block_id in self._block_ids(view)), "")

    def _block(
        self, label: str, element: Json, *, key: str = "", optional: bool = False, dispatch: bool = False
    ) -> Json:
        made: Json = {
            "type": "input",
            "block_id": f"{self}/{key}"[:BLOCK_ID_LONGEST] if key else str(self),
            "label": plain_text(label, _LABEL_LONGEST),
            "element": {"action_id": str(self), **element},
            "optional": optional,
        }
        return made | {"dispatch_action": True} if dispatch else made

    def _block_ids(self, view: Mapping[str, Any]) -> list[str]:
        held = (str(block.get("block_id", "")) for block in view.get("blocks", []))
        return [one for one in held if one == self or one.startswith(f"{self}/")]


def errors_at(error: Refused, view: Mapping[str, Any], *places: Field) -> dict[str, str]:
    """The refusal at the first of these fields that the view has, as `response_action: errors` wants it."""
    found = (block_id for place in places for block_id in place._block_ids(view))  # noqa: SLF001 same module
    return {next(found, str(places[-1])): undated(error.at_field)[:ERROR_LONGEST]}


def subject_of(view: Mapping[str, Any]) -> str:
    """The subject of the form: its `private_metadata`, which comes back as it was sent or forged."""
    return str(view.get("private_metadata", ""))


def _initial(options: Sequence[Json], chosen: str | None) -> Json:
    picked = [one for one in options if one["value"] == chosen]
    return {"initial_option": picked[0]} if picked else {}
