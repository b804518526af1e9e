// Input blocks: a label, the element, a hint, and what is wrong with what was entered.

import { control } from "./controls.js";
import { el } from "./dom.js";
import { plain } from "./mrkdwn.js";

let numbers = 0;

export function labelled(block, surface) {
  const id = `field-${(numbers += 1)}`;
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const names = { id, labelledby: `${id}-label`, describedby: `${id}-hint ${id}-fault` };
  const label = el(
    grouped ? "div" : "label",
    { class: "label", id: `${id}-label`, for: grouped ? false : id },
    plain(block.label.text),
    block.optional && el("span", { class: "optional" }, " (optional)"),
  );
  const node = el(
    "div",
    { class: "block input", "data-block": block.block_id },
    label,
    control(surface, block, block.element, names),
    el("p", { class: "hint", id: `${id}-hint`, hidden: !block.hint }, block.hint && plain(block.hint.text)),
    el("p", { class: "fault", id: `${id}-fault`, role: "alert", hidden: true }),
  );
  node.addEventListener("input", () => fault(node, null));
  node.addEventListener("change", () => fault(node, null));
  return node;
}

/** Says what is wrong in this field, or nothing. */
export function fault(node, text) {
  const place = node.querySelector(":scope > .fault");
  place.hidden = !text;
  place.textContent = text ?? "";
  node.classList.toggle("wrong", Boolean(text));
  for (const input of node.querySelectorAll("input, textarea")) input.setAttribute("aria-invalid", String(Boolean(text)));
}

/** Shows these errors by block_id, and goes to the first of them. */
export function showFaults(root, errors) {
  const nodes = [...root.querySelectorAll(".block.input")];
  for (const node of nodes) fault(node, errors[node.dataset.block]);
  const first = nodes.find((node) => errors[node.dataset.block]);
  first?.querySelector("input:checked, input, textarea, button")?.focus();
  first?.scrollIntoView({ block: "nearest" });
}
