// Channels, direct messages, and everybody one can be.

import { el, icon, reconcile } from "./dom.js";
import { avatar, badges, unseen } from "./people.js";
import { become, goTo } from "./go.js";
import { app, channels, connected, link, me, people, place, workspace } from "./state.js";
import { unread, waitsFor } from "./unread.js";

const byId = (id) => document.getElementById(id);

export function drawSidebar() {
  byId("team").textContent = workspace().team.name;
  drawMe();
  reconcile(byId("channels"), channels().filter((one) => !one.im).map(channelItem));
  reconcile(byId("direct"), channels().filter((one) => one.im).map(channelItem));
  reconcile(byId("people"), people().filter((one) => !one.bot).map(personItem));
  drawLink();
}

function drawMe() {
  const mine = me();
  reconcile(byId("me"), [{ key: "me", signature: JSON.stringify([mine.name, mine.id, mine.deactivated]), make: () => meNode(mine) }]);
}

const meNode = (mine) =>
  el("div", { class: "me" }, avatar(mine.id), el("div", {}, el("strong", {}, mine.name), el("span", {}, title(mine))));

/** What a person is here, by their groups. */
function title(someone) {
  if (someone.deactivated) return "deactivated";
  if (someone.guest) return "guest";
  if (someone.external) return "from another workspace";
  return someone.groups.map((handle) => `@${handle}`).join(", ") || `@${someone.handle}`;
}

function channelItem(channel) {
  const news = unread(channel);
  const open = place.channel === channel.id;
  return {
    key: channel.id,
    signature: JSON.stringify([channel.name, channel.private, channel.archived, news, open, app().name]),
    make: () => channelNode(channel, news, open),
  };
}

function channelNode(channel, news, open) {
  const name = channel.im ? app().name : channel.name;
  const sign = channel.im ? avatar(app().user, "small") : icon(channel.private ? "lock" : "hash");
  const attributes = {
    type: "button",
    class: `place ${news.any ? "unread" : ""} ${open ? "open" : ""}`,
    "aria-current": open ? "page" : null,
    "data-key": `channel/${channel.id}`,
    on: { click: () => goTo(channel.id) },
  };
  const count = [el("span", { class: "count" }, String(news.calls)), unseen("for you")];
  const marks = [channel.archived && el("span", { class: "badge" }, "archived"), news.calls ? count : news.any && unseen("unread")];
  return el("li", {}, el("button", attributes, sign, el("span", { class: "name" }, name), marks));
}

function personItem(someone) {
  const mine = someone.id === place.me;
  const waits = !mine && waitsFor(someone.id);
  return {
    key: someone.id,
    signature: JSON.stringify([someone.name, someone.groups, someone.guest, someone.external, someone.deactivated, mine, waits]),
    make: () => personNode(someone, mine, waits),
  };
}

function personNode(someone, mine, waits) {
  const link = el(
    "a",
    {
      class: `place person ${mine ? "open" : ""}`,
      href: `?as=${someone.id}`,
      "aria-current": mine ? "true" : null,
      title: `Act as ${someone.name} (${title(someone)}). Ctrl+click opens a second window.`,
    },
    avatar(someone.id, "small"),
    unseen("Act as"),
    el("span", { class: "name" }, someone.name),
    badges(someone),
    mine || !someone.groups.length ? null : el("span", { class: "groups" }, someone.groups.join(", ")),
    waits ? [el("span", { class: "dot" }), unseen("something waits")] : null,
    mine ? el("span", { class: "you" }, "you") : null,
  );
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    become(someone.id);
  });
  return el("li", {}, link);
}

function drawLink() {
  const gone = link.live === "gone";
  const on = connected() && !gone;
  const words = gone ? "The sandbox is gone; trying again" : on ? `${app().name} is connected` : `${app().name} is not connected`;
  const node = byId("link");
  node.classList.toggle("on", on);
  node.lastElementChild.textContent = words;
  const bar = byId("gone");
  bar.hidden = !gone;
}
