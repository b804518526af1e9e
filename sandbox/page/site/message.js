// One message: who, when, what it says, and the way into its thread.

import { drawBlocks } from "./blocks.js";
import { clock, whole } from "./dates.js";
import { el, icon, iconButton } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { app, person } from "./state.js";
import { toast } from "./toast.js";

/** `compact`: follows one of the same person; `replies`: those of its thread; `open`: opens the thread. */
export function messageNode(message, { compact, replies, open }) {
  if (message.note) return noteNode(message);
  const who = person(message.user);
  const seconds = Number(message.ts);
  const time = el("time", { class: "time", datetime: new Date(seconds * 1000).toISOString(), title: whole(seconds) }, clock(seconds));
  const head = el(
    "div",
    { class: "message-head" },
    el("span", { class: "author" }, who?.app ? app().name : who?.name ?? message.user),
    who?.app && el("span", { class: "badge app" }, "app"),
    time,
    message.edited && el("span", { class: "edited" }, "(edited)"),
  );
  return el(
    "article",
    { class: `message ${compact ? "compact" : ""} ${message.ephemeral ? "ephemeral" : ""}`, "data-ts": message.ts },
    compact ? el("span", { class: "gutter" }, time.cloneNode(true)) : avatar(message.user),
    el(
      "div",
      { class: "message-body" },
      message.ephemeral && onlyYou(),
      compact ? null : head,
      content(message, compact),
      replies?.length ? threadLink(replies, open) : null,
    ),
    open && !message.ephemeral ? el("div", { class: "hover-actions" }, iconButton("reply", "Reply in thread", open)) : null,
  );
}

const onlyYou = () => el("div", { class: "only-you" }, icon("eye"), "Only visible to you");

function content(message, compact) {
  const body = el("div", { class: "blocks" });
  if (message.blocks.length) drawBlocks(body, message.blocks, surfaceOf(message));
  else body.append(el("div", { class: "block section" }, mrkdwn(message.text)));
  for (const file of message.files) body.append(fileCard(file));
  if (message.edited && compact) body.append(el("span", { class: "edited" }, "(edited)"));
  return body;
}

/** A shared file: its title, its size, and a link that saves it. */
function fileCard(file) {
  const size = file.size < 1e6 ? `${Math.max(1, Math.round(file.size / 1e3))} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
  return el(
    "a",
    { class: "file", href: `/files/${file.id}`, download: file.name },
    icon("copy"),
    el("span", { class: "file-title" }, file.title),
    el("span", { class: "file-about" }, `${file.name}, ${size}`),
  );
}

function surfaceOf(message) {
  return {
    key: `${message.channel}/${message.ts}`,
    where: { channel: message.channel, ts: message.ts },
    local: new Map(),
    state: () => message.state,
    problem: (text) => text && toast(text),
  };
}

function threadLink(replies, open) {
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 4).map((id) => avatar(id, "tiny"));
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const last = el("span", { class: "last-reply" }, `last at ${clock(Number(replies.at(-1).ts))}`);
  return el("button", { type: "button", class: "thread-link", on: { click: open } }, faces, el("strong", {}, count), last);
}

function noteNode(note) {
  return el(
    "article",
    { class: "message ephemeral note" },
    el("span", { class: "avatar note", "aria-hidden": "true" }, icon("warn")),
    el(
      "div",
      { class: "message-body" },
      onlyYou(),
      el("div", { class: "message-head" }, el("span", { class: "author" }, "Sandbox"), el("time", { class: "time" }, clock(Number(note.ts)))),
      el("div", { class: "block section" }, note.text),
    ),
  );
}
