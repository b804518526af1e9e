// The thread at the side: the message it is about, what was said under it, a box to answer in.

import { composer } from "./composer.js";
import { el, iconButton, reconcile } from "./dom.js";
import { closeThread } from "./go.js";
import { app, channel, messages, place } from "./state.js";
import { drawStream, keepEnd } from "./stream.js";

const byId = (id) => document.getElementById(id);
let box = null;

export function startThread() {
  box = composer(() => ({ channel: place.channel, thread: place.thread }), "Reply");
  byId("thread-composer").append(box);
  keepEnd(byId("thread-stream"));
  byId("thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeThread();
  });
}

export function drawThread() {
  const open = channel(place.channel);
  const all = open ? messages(open.id) : [];
  const first = all.find((one) => one.ts === place.thread);
  byId("thread").hidden = !first;
  document.body.classList.toggle("with-thread", Boolean(first));
  if (!first) return;
  const name = open.im ? app().name : `#${open.name}`;
  reconcile(byId("thread-head"), [{ key: first.ts, signature: name, make: () => headNode(name) }]);
  const told = all.filter((one) => one.thread_ts === first.ts && one.ts !== first.ts);
  drawStream(byId("thread-stream"), [first, ...told], { about: `${place.me}/${first.ts}`, days: false });
  box.say("Reply…", open.archived || !open.members.includes(place.me));
}

const headNode = (name) =>
  el("div", { class: "head-line" }, el("h2", {}, "Thread"), el("span", { class: "where" }, name), iconButton("close", "Close the thread", closeThread));
