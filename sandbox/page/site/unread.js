// The messages that a person has read, stored by this browser for each person and channel.

import { groups, me, messages, person } from "./state.js";

const name = (who, channel) => `sandbox/read/${who}/${channel}`;
const session = new Map();

function kept(key) {
  try {
    return localStorage.getItem(key) ?? session.get(key) ?? "0";
  } catch {
    return session.get(key) ?? "0";
  }
}

export function readUntil(who, channel) {
  return Number(kept(name(who, channel)));
}

export function markRead(who, channel, ts) {
  if (Number(ts) <= readUntil(who, channel)) return false;
  session.set(name(who, channel), String(ts));
  try {
    localStorage.setItem(name(who, channel), String(ts));
  } catch {
    // A frame may have no storage: this window remembers by itself.
  }
  return true;
}

/** `{any, calls}`: whether there is something new, and how much of it calls for this person. */
export function unread(channel) {
  const mine = me();
  const until = readUntil(mine.id, channel.id);
  const marks = [`<@${mine.id}>`, ...groups().filter((one) => mine.groups.includes(one.handle)).map((one) => `<!subteam^${one.id}`)];
  let any = false;
  let calls = 0;
  for (const message of messages(channel.id)) {
    if (message.note || message.ephemeral || message.user === mine.id || Number(message.ts) <= until) continue;
    const calling = channel.im || mentions(message, marks);
    if (!inThread(message) || calling) any = true;
    if (calling) calls += 1;
  }
  return { any, calls };
}

function mentions(message, marks) {
  const said = message.text + JSON.stringify(message.blocks);
  return marks.some((mark) => said.includes(mark));
}

export const inThread = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);

/** Whether something waits for a person in another window. */
export function waitsFor(id) {
  const attention = Object.entries(person(id)?.attention ?? {});
  return attention.some(([channel, ts]) => Number(ts) > readUntil(id, channel));
}
