// The middle: what the open channel says, or the tabs of the app.

import { composer } from "./composer.js";
import { el, icon, reconcile } from "./dom.js";
import { goTo, opened, openThread } from "./go.js";
import { drawHome } from "./home.js";
import { avatar } from "./people.js";
import { app, channel, changed, me, messages, person, place, workspace } from "./state.js";
import { drawStream, keepEnd } from "./stream.js";
import { inThread, markRead } from "./unread.js";

const byId = (id) => document.getElementById(id);
let box = null;

export function startPane() {
  box = composer(() => ({ channel: place.channel, thread: null }), "Message or command");
  byId("composer").append(box);
  keepEnd(byId("stream"));
  byId("stream").addEventListener("scroll", () => seen());
  byId("below").addEventListener("click", () => byId("stream").scrollTo({ top: byId("stream").scrollHeight }));
  document.addEventListener("visibilitychange", () => seen());
}

/** The message box says this, whatever it said before. */
export const put = (line) => box.put(line);

export function drawPane() {
  const open = channel(place.channel);
  byId("barred").hidden = !me()?.deactivated;
  byId("pane").classList.toggle("empty", !open);
  if (me()?.deactivated) byId("barred").lastElementChild.textContent = `${me().name} is deactivated and cannot act`;
  byId("pane-head").hidden = byId("composer").hidden = !open;
  if (!open) return reconcile(byId("stream"), []);
  drawHead(open);
  const tab = open.im ? place.tab : "messages";
  byId("stream").hidden = tab !== "messages";
  byId("home").hidden = tab === "messages";
  byId("composer").hidden = tab !== "messages";
  if (tab !== "messages") byId("nothing-yet").hidden = true;
  if (tab === "messages") drawMessages(open);
  else drawHome(tab);
}

function drawHead(open) {
  const tabs = open.im ? tabNames() : [];
  const members = open.members.length;
  const signature = JSON.stringify([open, place.tab, tabs, members]);
  reconcile(byId("pane-head"), [{ key: open.id, signature, make: () => headNode(open, tabs) }]);
}

function headNode(open, tabs) {
  const sign = open.im ? avatar(app().user, "small") : icon(open.private ? "lock" : "hash");
  const faces = open.members.slice(0, 4).map((id) => avatar(id, "tiny"));
  const names = open.members.map((id) => person(id)?.name ?? id).join(", ");
  return el(
    "div",
    { class: "head-lines" },
    el(
      "div",
      { class: "head-line" },
      el("h1", {}, sign, open.im ? app().name : open.name),
      open.shared && el("span", { class: "badge external" }, "shared"),
      open.archived && el("span", { class: "badge" }, "archived"),
      open.im ? null : el("span", { class: "members", title: names }, faces, el("span", {}, String(open.members.length)), el("span", { class: "sr" }, " members")),
    ),
    tabs.length > 1 ? el("div", { class: "tabs", role: "tablist" }, tabs.map(([key, label]) => tabNode(open, key, label))) : null,
  );
}

const tabNames = () =>
  [app().home_tab && ["home", "Home"], app().messages_tab && ["messages", "Messages"], ["about", "About"]].filter(Boolean);

const tabNode = (open, key, label) =>
  el(
    "button",
    {
      type: "button",
      role: "tab",
      class: "tab",
      "aria-selected": String(place.tab === key),
      "data-key": `tab/${key}`,
      on: { click: () => goTo(open.id, key) },
    },
    label,
  );

function drawMessages(open) {
  const all = messages(open.id);
  const replies = new Map();
  for (const one of all) if (inThread(one) && !one.note) replies.set(one.thread_ts, [...(replies.get(one.thread_ts) ?? []), one]);
  const top = all.filter((one) => !inThread(one));
  const about = `${place.me}/${open.id}`;
  drawStream(byId("stream"), top, { about, replies, open: openThread, news: opened.news });
  byId("below").hidden = !byId("stream").classList.contains("more-below");
  drawEmpty(open, top.length === 0);
  const name = open.im ? app().name : `#${open.name}`;
  const joined = open.members.includes(place.me);
  box.say(open.archived ? "This channel is archived" : `Message ${name}`, open.archived || !joined);
  seen();
}

function drawEmpty(open, empty) {
  const command = workspace().commands[0];
  const node = byId("nothing-yet");
  node.hidden = !empty;
  if (!empty) return;
  const text = open.im ? `Nothing from ${app().name} yet.` : `Nothing was said in #${open.name} yet.`;
  const start = command && el("button", { type: "button", class: "button", on: { click: () => box.put(`${command.command} `) } }, `Type ${command.command}`);
  reconcile(node, [{ key: open.id, signature: text, make: () => el("div", {}, el("p", {}, text), start) }]);
}

/** What is on a screen that is looked at counts as read. */
function seen() {
  const stream = byId("stream");
  const end = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
  if (!end || stream.hidden || document.hidden || !channel(place.channel)) return;
  if (stream.classList.contains("more-below")) {
    stream.classList.remove("more-below");
    byId("below").hidden = true;
  }
  const last = messages(place.channel).filter((one) => !one.note).at(-1);
  if (last && markRead(place.me, place.channel, last.ts)) changed();
}

