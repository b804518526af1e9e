// Three things to try first, and after them the other stories.

import { Done } from "./done.js";
import { byId, el, toast } from "./dom.js";
import { visit } from "./frame.js";
import { FIRST, STORIES } from "./stories.js";

let done = null;

/** `began` names this start of the demo: what was done in the last one does not count. */
export function startSteps(began) {
  if (done?.start === began) return;
  done = new Done(began, [FIRST, ...STORIES]);
  byId("steps-close").onclick = () => show(false);
  byId("steps-open").onclick = () => show(true);
  draw();
}

export function sawEntry(entry) {
  if (entry.seq > done.start && done.saw(entry)) draw();
}

export function sawConnection(login) {
  done?.connected(login);
  done?.keep();
}

function show(open) {
  done.closed = !open;
  draw();
  byId(open ? "steps-close" : "steps-open").focus();
}

function draw() {
  const first = !done.whole(FIRST);
  const title = first ? "Three things to try" : "More to try";
  byId("steps").hidden = done.closed;
  byId("steps-open").hidden = !done.closed;
  byId("steps-title").textContent = byId("steps-open").textContent = title;
  byId("steps-list").hidden = !first;
  byId("stories").hidden = first;
  if (first) byId("steps-list").replaceChildren(...missed(FIRST), ...steps(FIRST));
  else drawStories();
  done.keep();
}

function drawStories() {
  const focused = document.activeElement?.closest?.("#stories details")?.dataset.key;
  byId("stories").replaceChildren(...STORIES.map(storyNode));
  if (focused) byId("stories").querySelector(`[data-key="${focused}"] summary`).focus();
}

function storyNode(story) {
  const ticked = done.whole(story);
  const mark = el("span", { class: "mark", "aria-label": ticked ? "done" : "to try" }, ticked ? "✓" : "");
  const head = el("summary", ticked ? { class: "done" } : {}, mark, el("span", {}, story.title));
  const node = el("details", { name: "story", "data-key": story.key }, head, el("ol", {}, ...steps(story)));
  node.open = done.open === story.key;
  node.addEventListener("toggle", () => {
    if (node.open) done.open = story.key;
    else if (done.open === story.key) done.open = null;
    done.keep();
  });
  return node;
}

/** The line that sends a visitor who was slow back to the first step. */
function missed(story) {
  if (!done.isMissed(story)) return [];
  const { who, at, line } = story.steps[0];
  const again = el("button", { type: "button", class: "button small", on: { click: () => type(...who, at, line) } }, "Ask again");
  const said = el("p", {}, "The grant ended before you connected: ask again.");
  return [el("li", { class: "missed", role: "status" }, el("span", { class: "mark" }, "!"), el("div", {}, said, el("div", { class: "step-acts" }, again)))];
}

const steps = (story) => story.steps.map((one, index) => stepNode(story, one, index));

function stepNode(story, { who, at, text, line }, index) {
  const ticked = done.has(story, index);
  const mark = el("span", { class: "mark", "aria-label": ticked ? "done" : `step ${index + 1}` }, ticked ? "✓" : String(index + 1));
  const said = el("p", {}, "As ", be(who, at), text.startsWith("again") ? " " : ", ", text);
  const body = el("div", {}, said, line && el("div", { class: "step-acts" }, el("code", { class: "command", tabindex: "0" }, line), ...lineButtons(who, at, line)));
  return el("li", ticked ? { class: "done" } : {}, mark, body);
}

const be = ([name, id], at) =>
  el("button", { type: "button", class: "be", title: `Act as ${name} in the sandbox`, on: { click: () => visit(id, at) } }, name);

const lineButtons = ([name, id], at, line) => [
  el("button", { type: "button", class: "button small", "aria-label": `Type it as ${name}`, on: { click: () => type(name, id, at, line) } }, "Type it"),
  el("button", { type: "button", class: "button small", "aria-label": "Copy the command", on: { click: () => copy(line) } }, "Copy"),
];

function type(name, id, at, line) {
  visit(id, at, line);
  toast(`It stands in ${name}'s message box. Press Enter there.`);
}

async function copy(line) {
  try {
    await navigator.clipboard.writeText(line);
    toast("Copied. Paste it into the message box.");
  } catch {
    toast("Select the line and copy it.");
  }
}
