// Lists that open under something: they lie over everything and stay within the window.

import { el } from "./dom.js";
import { textOf } from "./mrkdwn.js";

const GAP = 4;
let numbers = 0;

/** An option to pick from; a pointer picks it, the keyboard goes by `aria-activedescendant`. */
export function optionNode(option, role, pick) {
  const id = `option-${(numbers += 1)}`;
  const description = option.description && el("span", { class: "description" }, textOf(option.description));
  const node = el("div", { id, role, class: "option", tabindex: "-1" }, el("span", {}, textOf(option.text)), description);
  node.addEventListener("mousedown", (event) => event.preventDefault());
  node.addEventListener("click", () => pick(option));
  return node;
}

export function popup(role, label) {
  const id = `popup-${(numbers += 1)}`;
  return el("div", { id, class: "popup", role, popover: "manual", "aria-label": label ?? null });
}

export function openUnder(anchor, list) {
  if (!list.matches(":popover-open")) list.showPopover();
  const box = anchor.getBoundingClientRect();
  const width = Math.max(box.width, 200);
  const below = window.innerHeight - box.bottom - 2 * GAP;
  const above = box.top - 2 * GAP;
  const up = below < Math.min(list.scrollHeight, 180) && above > below;
  list.style.width = `${Math.min(width, window.innerWidth - 16)}px`;
  list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  list.style.maxHeight = `${Math.max(120, Math.min(320, up ? above : below))}px`;
  list.style.top = up ? "auto" : `${box.bottom + GAP}px`;
  list.style.bottom = up ? `${window.innerHeight - box.top + GAP}px` : "auto";
}

export function shut(list) {
  if (list.isConnected && list.matches(":popover-open")) list.hidePopover();
}

/** A button with a menu of options. */
export function menu(button, options, pick) {
  const list = popup("menu", "More");
  const items = options.map((option) => optionNode(option, "menuitem", picked));
  list.append(...items);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (list.matches(":popover-open") ? close() : open()));
  list.addEventListener("keydown", moved);
  list.addEventListener("focusout", (event) => list.contains(event.relatedTarget) || close());
  return el("span", { class: "menu" }, button, list);

  function open() {
    openUnder(button, list);
    button.setAttribute("aria-expanded", "true");
    items[0].focus();
  }

  function close() {
    shut(list);
    button.setAttribute("aria-expanded", "false");
  }

  function picked(option) {
    close();
    button.focus();
    pick(option);
  }

  function moved(event) {
    const at = items.indexOf(document.activeElement);
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) items[(at + steps[event.key] + items.length) % items.length].focus();
    else if (event.key === "Enter" || event.key === " ") picked(options[at]);
    else if (event.key === "Escape") close(), button.focus();
    else return;
    event.preventDefault();
  }
}
