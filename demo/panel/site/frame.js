// The sandbox in its frame: who acts there, and what was copied there.

import { about, byId } from "./dom.js";

const origin = about("sandbox");
let heard;
const frame = () => byId("sandbox");

export function openSandbox(listeners) {
  addEventListener("message", (event) => {
    // Any page may post to us; only the frame's own window, still on its own origin, is heard.
    if (event.origin !== origin || event.source !== frame().contentWindow) return;
    const message = event.data;
    if (message?.source !== "sandbox") return;
    if (message.kind === "copied" && typeof message.text === "string") listeners.copied(message.text);
    if (message.kind === "person" && typeof message.id === "string") remember(message.id);
    if (message.kind === "theme") follow(message.theme);
  });
  heard = listeners.became;
  become(new URLSearchParams(location.search).get("as") ?? "U0MAYA");
}

/** Shows the sandbox as this person. */
export function become(person) {
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

function follow(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
