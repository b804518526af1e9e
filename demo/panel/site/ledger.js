// The ledger's last entries, the newest first, and the product's own check of the whole chain.

import { ask } from "./ask.js";
import { byId, el, time } from "./dom.js";

const KEPT = 60;
let newest = 0;
let verifiedAt = 0;

export function startLedger() {
  byId("verify").addEventListener("click", verify);
  byId("verified-close").addEventListener("click", () => {
    byId("verified").hidden = true;
    byId("verify").focus();
  });
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
  if (verifiedAt) byId("verified-since").textContent = `Written since: ${newest - verifiedAt}.`;
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
  say(`The ledger cannot be read: ${why}`, true);
}

function say(text, broken) {
  verifiedAt = 0;
  byId("verified-said").textContent = text;
  byId("verified-since").textContent = "";
  byId("verified").classList.toggle("broken", broken);
  byId("verified").hidden = false;
}

async function verify() {
  const before = newest;
  byId("verify").disabled = true;
  byId("verify").textContent = "Verifying";
  try {
    const { whole, said } = await ask("/verify");
    say(said, !whole);
    verifiedAt = before;
  } catch (error) {
    say(error.message, true);
  }
  byId("verify").disabled = false;
  byId("verify").textContent = "Verify";
}
