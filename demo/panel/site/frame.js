// The sandbox in its frame: who acts there, what was copied there, and where it is asked to go.

import { about, byId } from "./dom.js";

const origin = about("sandbox");
const narrow = matchMedia("(max-width: 760px)");
const frame = () => byId("sandbox");
let heard;
let listens = false;
let wish = null;

export function openSandbox(listeners) {
  addEventListener("message", (event) => {
    // Any page may post to us; only the frame's own window, still on its own origin, is heard.
    if (event.origin !== origin || event.source !== frame().contentWindow) return;
    const message = event.data;
    if (message?.source !== "sandbox") return;
    if (message.kind === "copied" && typeof message.text === "string") listeners.copied(message);
    if (message.kind === "person" && typeof message.id === "string") remember(message.id);
    if (message.kind === "theme") arrived(message.theme);
  });
  heard = listeners.became;
  load(new URLSearchParams(location.search).get("as") ?? "U0MAYA");
}

/** Shows the sandbox as this person, at a channel ("app": the messages from dbaccess), perhaps with a line typed. */
export function visit(person, channel, line = null) {
  wish = { source: "around", kind: "visit", person, channel, line };
  if (narrow.matches && !document.body.classList.contains("folded")) byId("fold").click();
  if (listens) tell();
}

function tell() {
  frame().contentWindow.postMessage(wish, origin);
  frame().focus();
  wish = null;
}

function load(person) {
  const address = new URL(origin);
  address.searchParams.set("as", person);
  address.searchParams.set("parent", location.origin);
  frame().src = address.href;
  remember(person);
}

function remember(person) {
  heard(person);
  const address = new URL(location.href);
  address.searchParams.set("as", person);
  history.replaceState(null, "", address);
}

/** The frame says its colours as soon as it runs, and hears from then on. */
function arrived(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  listens = true;
  if (wish) tell();
}
