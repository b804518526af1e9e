// One line at the foot of the window for what went wrong, read out and gone after a while.

import { el, icon } from "./dom.js";

const STAYS = 7000;

export function toast(text) {
  const shelf = document.getElementById("toasts");
  const node = el("div", { class: "toast" }, icon("warn"), el("span", {}, text));
  shelf.replaceChildren(node);
  setTimeout(() => node.remove(), STAYS);
}
