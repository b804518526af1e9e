"""Block Kit in short, for tests."""

from typing import Any

Block = dict[str, Any]


def words(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str = "s", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def button(text: str = "b", action_id: str = "b", **more: Any) -> Block:
    return {"type": "button", "text": words(text), "action_id": action_id, **more}


def option(value: str, **more: Any) -> Block:
    return {"text": words(value), "value": value, **more}


def select(action_id: str, *values: str, **more: Any) -> Block:
    return {
        "type": "static_select",
        "action_id": action_id,
        "options": [option(v) for v in values],
        **more,
    }


def typed(action_id: str = "text", **more: Any) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, **more}


def field(element: Block, block_id: str, **more: Any) -> Block:
    return {"type": "input", "block_id": block_id, "label": words("l"), "element": element, **more}


def modal(*blocks: Block, **more: Any) -> Block:
    return {"type": "modal", "callback_id": "m", "title": words("Form"), "blocks": list(blocks), **more}


def confirm() -> Block:
    return {"title": words("Sure"), "text": words("Really"), "confirm": words("Yes"), "deny": words("No")}


def form(**more: Any) -> Block:
    """A modal with one input of each kind that tests use."""
    radio = {"type": "radio_buttons", "action_id": "radio", "options": [option("r1"), option("r2")]}
    external = {"type": "external_select", "action_id": "ext", "min_query_length": 2}
    given = {
        "submit": words("Send"),
        "notify_on_close": True,
        "private_metadata": "pm",
    }
    return modal(
        field(typed("why", min_length=3, max_length=20), "why"),
        field(select("pick", "one", "two"), "pick", dispatch_action=True),
        field(radio, "radio", optional=True),
        field(external, "ext", optional=True),
        actions(button("Deeper", "deeper"), button("Sure", "sure", confirm=confirm()), block_id="acts"),
        **(given | more),
    )
