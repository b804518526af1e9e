// A block of code with a button that copies it.

import { copied } from "./frame.js";
import { el, icon } from "./dom.js";

export function codeBlock(text) {
  const label = el("span", {}, "Copy");
  const button = el("button", { type: "button", class: "copy", "aria-label": "Copy this text" }, icon("copy"), label);
  button.addEventListener("click", async () => {
    const done = await copy(text);
    if (done) tellCopied(text, button);
    label.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (label.textContent = "Copy"), 1600);
  });
  return el("span", { class: "code-block" }, el("pre", { tabindex: "0" }, el("code", {}, text)), button);
}

function tellCopied(text, button) {
  const modal = button.closest("dialog");
  copied(text, modal !== null, (modal ?? button.closest("article"))?.innerText ?? "");
}

/** A frame may have no clipboard; the old way still works there. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = el("textarea", { class: "offscreen", "aria-hidden": "true", value: text });
    const focused = document.activeElement;
    (focused?.closest("dialog") ?? document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}
