"""Slack's limits of a payload: what slack_sdk's models leave out, and the checks of the sandbox."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.blocks import check_message_blocks, check_options, check_view

_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_IN_VIEWS_ONLY = {"input"}
_TEXT_LIMITS = {"section": 3000, "header": 150, "context": 3000}


def faults_of_message(payload: dict[str, Any]) -> list[str]:
    faults = [] if 0 < len(payload["text"]) <= 4000 else [f"text has {len(payload['text'])} characters"]
    blocks = payload["blocks"]
    if not 0 < len(blocks) <= 50:
        faults.append(f"{len(blocks)} blocks")
    faults += [f"{b['type']} in a message" for b in blocks if b["type"] in _IN_VIEWS_ONLY]
    return faults + _faults_of_blocks(blocks) + check_message_blocks(blocks)


def faults_of_view(view: dict[str, Any]) -> list[str]:
    known = {
        "type", "callback_id", "title", "submit", "close", "blocks", "private_metadata", "notify_on_close",
    }  # fmt: skip
    faults = [f"unknown key {key}" for key in view if key not in known]
    faults += [
        f for name in ("title", "submit", "close") if name in view for f in _plain(view[name], 24, name)
    ]
    if len(view.get("private_metadata", "")) > 3000:
        faults.append("private_metadata too long")
    blocks = view["blocks"]
    if not 0 < len(blocks) <= 100:
        faults.append(f"{len(blocks)} blocks")
    if any(b["type"] == "input" for b in blocks) and "submit" not in view:
        faults.append("input without submit")
    return faults + _faults_of_blocks(blocks) + check_view(view)


def faults_of_options(answer: dict[str, Any]) -> list[str]:
    options = answer["options"]
    faults = ["too many options"] * (len(options) > 100) + [f for one in options for f in _option(one)]
    return faults + check_options(answer)


def elements_of(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything that has an action id."""
    for block in payload["blocks"]:
        for key in ("accessory", "element"):
            if key in block:
                yield block[key]
        yield from (e for e in block.get("elements", []) if "action_id" in e)


def texts_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object, wherever it is."""
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def _faults_of_blocks(blocks: list[dict[str, Any]]) -> list[str]:
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    faults = ["block_id twice"] * (len(ids) != len(set(ids)))
    faults += [f"block_id of {len(i)}" for i in ids if not 0 < len(i) <= 255]
    for block in blocks:
        faults += _faults_of_block(block)
    return faults


def _faults_of_block(block: dict[str, Any]) -> list[str]:
    kind = block["type"]
    if kind in {"section", "header"}:
        faults = _text(block["text"], _TEXT_LIMITS[kind], kind)
        if kind == "header" and block["text"]["type"] != "plain_text":
            faults.append("header in mrkdwn")
        return faults + (_element(block["accessory"]) if "accessory" in block else [])
    if kind == "context":
        many = ["context too full"] * (not 0 < len(block["elements"]) <= 10)
        return many + [f for e in block["elements"] for f in _text(e, 3000, kind)]
    if kind == "actions":
        ids = [e["action_id"] for e in block["elements"]]
        many = ["too many actions"] * (not 0 < len(ids) <= 25) + ["action_id twice"] * (
            len(ids) != len(set(ids))
        )
        return many + [f for e in block["elements"] for f in _element(e)]
    if kind == "input":
        return _plain(block["label"], 2000, "label") + _element(block["element"])
    return [f"unknown block {kind}"]


def _element(element: dict[str, Any]) -> list[str]:
    kind = element["type"]
    faults = [] if 0 < len(element["action_id"]) <= 255 else ["action_id length"]
    if "placeholder" in element:
        faults += _plain(element["placeholder"], 150, "placeholder")
    if "confirm" in element:
        limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        faults += [f for name, most in limits.items() for f in _text(element["confirm"][name], most, name)]
    if kind == "button":
        faults += _plain(element["text"], 75, "button")
        faults += ["value too long"] * (len(element.get("value", "")) > 2000)
        faults += ["accessibility_label too long"] * (len(element.get("accessibility_label", "")) > 75)
        return faults
    if kind in {"static_select", "radio_buttons"}:
        most = 100 if kind == "static_select" else 10
        options = element["options"]
        faults += ["number of options"] * (not 0 < len(options) <= most)
        faults += ["values twice"] * (len({o["value"] for o in options}) != len(options))
        faults += ["initial option unknown"] * (element.get("initial_option", options[0]) not in options)
        return faults + [f for one in options for f in _option(one)]
    if kind == "plain_text_input":
        initial = element.get("initial_value", "")
        return faults + ["initial_value too long"] * (len(initial) > element["max_length"])
    return faults + [f"unknown element {kind}"] * (kind != "external_select")


def _option(option: dict[str, Any]) -> list[str]:
    faults = _plain(option["text"], 75, "option") + ["option value"] * (not 0 < len(option["value"]) <= 150)
    return faults + (_plain(option["description"], 75, "description") if "description" in option else [])


def _plain(text: dict[str, Any], longest: int, where: str) -> list[str]:
    return ["not plain"] * (text["type"] != "plain_text") + _text(text, longest, where)


def _text(text: dict[str, Any], longest: int, where: str) -> list[str]:
    counted = _BARE_AMPERSAND.sub("&amp;", text["text"])
    if text["type"] == "plain_text":
        counted = counted.replace("<", "&lt;").replace(">", "&gt;")
    faults = [] if text["text"].strip() and len(counted) <= longest else [f"{where} of {len(counted)}"]
    return faults + ["mrkdwn not verbatim"] * (text["type"] == "mrkdwn" and text.get("verbatim") is not True)
