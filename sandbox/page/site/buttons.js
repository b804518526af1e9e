// Buttons, and the menu behind three dots.

import { deed } from "./deeds.js";
import { el, icon } from "./dom.js";
import { menu } from "./listbox.js";
import { plain } from "./mrkdwn.js";

export function pushButton(known) {
  const { element, key } = known;
  const node = el(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "data-key": key,
    "data-action": element.action_id,
      "aria-label": element.accessibility_label ?? null,
      "aria-haspopup": element.confirm ? "dialog" : null,
    },
    el("span", { class: "button-text" }, plain(element.text.text)),
  );
  node.addEventListener("click", async () => {
    if (node.classList.contains("busy")) return;
    if (/^https?:/.test(element.url ?? "")) window.open(element.url, "_blank", "noopener,noreferrer");
    await deed(known, "click", {}, node);
  });
  return node;
}

export function overflow(known) {
  const { element, key } = known;
  const names = { "data-key": key, "data-action": element.action_id, "aria-label": "More" };
  const node = el("button", { type: "button", class: "button", ...names }, icon("dots"));
  return menu(node, element.options, (option) => deed(known, "choose", { value: option.value }, node));
}
