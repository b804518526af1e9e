// The ledger's last entries, the newest first, and the product's own check of the whole chain.

import { ask } from "./ask.js";
import { byId, el, time } from "./dom.js";

const KEPT = 60;
let newest = 0;

export function startLedger() {
  byId("verify").addEventListener("click", verify);
  byId("entries").append(el("li", { class: "empty" }, "Nothing happened yet."));
}

/** Draws an entry that is not drawn yet; true where it was new. */
export function drawEntry(entry, fresh) {
  if (entry.seq <= newest) return false;
  newest = entry.seq;
  const list = byId("entries");
  list.querySelector(".empty")?.remove();
  list.prepend(row(entry, fresh));
  while (list.children.length > KEPT) list.lastElementChild.remove();
  return true;
}

function row(entry, fresh) {
  const tags = [entry.kind, entry.request, entry.grant, `#${entry.seq}`].filter(Boolean).join(" · ");
  return el(
    "li",
    { class: fresh ? "fresh" : "" },
    time(entry.at),
    el("span", { class: "what" }, el("span", { class: "who" }, entry.who), ` ${entry.what}`, ...(entry.says_until ? [" ", time(entry.until)] : [])),
    el("span", { class: "kind" }, tags),
  );
}

export function drawUnread(why) {
  byId("verified").textContent = `The ledger cannot be read: ${why}`;
  byId("verified").classList.add("broken");
  byId("verified").hidden = false;
}

async function verify() {
  const box = byId("verified");
  byId("verify").disabled = true;
  byId("verify").textContent = "Verifying";
  try {
    const { whole, said } = await ask("/verify");
    box.textContent = said;
    box.classList.toggle("broken", !whole);
  } catch (error) {
    box.textContent = error.message;
    box.classList.add("broken");
  }
  box.hidden = false;
  byId("verify").disabled = false;
  byId("verify").textContent = "Verify";
}
