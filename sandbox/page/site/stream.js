// The messages of a channel or a thread, in order, with days between them; it stays at its end while read there.

import { dayLine, dayOf } from "./dates.js";
import { el, reconcile } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { messageNode } from "./message.js";

const SAME_BREATH = 300;
const NEAR = 80;

/** Stays at its end also where the room for it becomes less or more. */
export function keepEnd(parent) {
  parent.addEventListener("scroll", () => (parent.dataset.end = String(atItsEnd(parent))));
  new ResizeObserver(() => parent.dataset.end !== "false" && toEnd(parent)).observe(parent);
}

const atItsEnd = (parent) => parent.scrollHeight - parent.scrollTop - parent.clientHeight < NEAR;
const toEnd = (parent) => (parent.scrollTop = parent.scrollHeight);

/** `parent` scrolls; `news`: the ts after which all is new. */
export function drawStream(parent, messages, { about, replies = new Map(), open = null, news = null, days = true }) {
  const other = parent.dataset.about !== about;
  const atEnd = other || atItsEnd(parent);
  const count = messages.length;
  parent.dataset.about = about;
  keepingFocus(parent, () => reconcile(parent, items(messages, { about, replies, open, news, days })));
  if (atEnd) toEnd(parent);
  parent.classList.toggle("more-below", !atEnd && Number(parent.dataset.count ?? 0) < count);
  parent.dataset.count = count;
  return atEnd;
}

function items(messages, { about, replies, open, news, days }) {
  const found = [];
  let before = null;
  let marked = news === null;
  for (const message of messages) {
    const day = dayOf(Number(message.ts));
    if (days && (!before || dayOf(Number(before.ts)) !== day)) found.push(divider(about + day, dayLine(Number(message.ts)), "day"));
    const fresh = !marked && Number(message.ts) > news && !message.ephemeral;
    if (fresh) {
      marked = true;
      found.push(divider(`${about}/new`, "New", "new"));
    }
    const compact = !fresh && before !== null && sameBreath(before, message);
    found.push(item(message, { about, compact, replies: replies.get(message.ts) ?? [], open }));
    before = message;
  }
  return found;
}

function item(message, { about, compact, replies, open }) {
  const last = replies.at(-1)?.ts;
  return {
    key: `${about}/${message.ts}`,
    signature: JSON.stringify([message, compact, replies.length, last]),
    make: (old) => {
      const node = messageNode(message, { compact, replies, open: open && (() => open(message.ts)) });
      if (old) node.classList.add("changed");
      return node;
    },
  };
}

const divider = (key, text, kind) => ({
  key,
  signature: text,
  make: () => el("div", { class: `line ${kind}`, role: "separator", "aria-label": text }, el("span", {}, text)),
});

function sameBreath(one, next) {
  return (
    one.user === next.user &&
    !one.note && !next.note && !one.ephemeral && !next.ephemeral &&
    !next.blocks.length && !one.blocks.length &&
    dayOf(Number(one.ts)) === dayOf(Number(next.ts)) &&
    Number(next.ts) - Number(one.ts) < SAME_BREATH
  );
}
