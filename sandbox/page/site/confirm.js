// The small dialog that asks before something is done.

import { el } from "./dom.js";
import { plain, textOf } from "./mrkdwn.js";

/** Whether the person says yes; leaving it is a no. */
export function confirmed(asked) {
  const dialog = el("dialog", { class: "confirm", role: "alertdialog", "aria-labelledby": "confirm-title" });
  const end = (answer) => ({ click: () => dialog.close(answer) });
  const style = `button solid ${asked.style ?? "primary"}`;
  const yes = el("button", { type: "button", class: style, on: end("yes") }, plain(asked.confirm.text));
  const no = el("button", { type: "button", class: "button", on: end("no") }, plain(asked.deny.text));
  const title = el("h2", { id: "confirm-title" }, plain(asked.title.text));
  dialog.append(title, el("div", { class: "confirm-text" }, textOf(asked.text)), el("footer", {}, no, yes));
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
