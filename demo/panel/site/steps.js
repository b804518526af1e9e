// Three things to try. Each is ticked when the ledger, or the database, says that it happened.

import { become } from "./frame.js";
import { byId, el, toast } from "./dom.js";

const COMMAND = "/dbaccess orders-prod read 2m orders stuck in paid since 02:40";
const KEY = "demo/steps";
const SIGNS = { "request.submitted": "ask", "request.approved": "approve" };

let done = new Set();
let closed = false;
let start = null;

/** `began` names this start of the demo: what was done in the last one does not count. */
export function startSteps(began) {
  if (start === began) return;
  start = began;
  const kept = read();
  done = new Set(kept?.start === began ? kept.done : []);
  closed = kept?.start === began && kept.closed;
  byId("steps-close").onclick = () => show(false);
  byId("steps-open").onclick = () => show(true);
  draw();
}

export function sawEntry(entry) {
  if (SIGNS[entry.kind] && entry.seq > start) tick(SIGNS[entry.kind]);
}

export const sawEnd = () => tick("end");

function tick(step) {
  if (done.has(step)) return;
  done.add(step);
  draw();
}

function show(open) {
  closed = !open;
  draw();
  byId(open ? "steps-close" : "steps-open").focus();
}

function draw() {
  byId("steps").hidden = closed;
  byId("steps-open").hidden = !closed;
  byId("steps-list").replaceChildren(
    step("ask", 1, ["As ", be("Maya", "U0MAYA"), ", an engineer, ask for two minutes of production:"], el("code", { class: "command", tabindex: "0" }, COMMAND), copyButton()),
    step("approve", 2, ["As ", be("Priya", "U0PRIYA"), ", a DBA, press Approve in #db-approvals."]),
    step("end", 3, ["As ", be("Maya", "U0MAYA"), " again, Show credentials, copy both, connect here and watch the end."]),
  );
  write();
}

function step(name, number, text, ...acts) {
  const ticked = done.has(name);
  const mark = el("span", { class: "mark", "aria-label": ticked ? "done" : `step ${number}` }, ticked ? "✓" : String(number));
  const body = el("div", {}, el("p", {}, ...text), acts.length > 0 && el("div", { class: "step-acts" }, ...acts));
  return el("li", ticked ? { class: "done" } : {}, mark, body);
}

const be = (name, id) =>
  el("button", { type: "button", class: "be", title: `Be ${name} in the sandbox`, on: { click: () => become(id) } }, name);

const copyButton = () => el("button", { type: "button", class: "button small", on: { click: copy } }, "Copy");

async function copy() {
  try {
    await navigator.clipboard.writeText(COMMAND);
    toast("Copied. Paste it where Maya writes in #db-approvals.");
  } catch {
    toast("Select the line and copy it.");
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ start, done: [...done], closed }));
  } catch {
    // Kept for this view only.
  }
}
