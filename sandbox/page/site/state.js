// The state of this window: the person's screen as the sandbox sends it, and the place in it.

const parts = new Map();
const listeners = new Set();

/** `channel`: the open one; `tab`: home, messages or about of the direct message; `thread`: its first message's ts. */
export const place = { me: null, channel: null, tab: "messages", thread: null };

/** `live`: connecting, open or gone; `gaps`: what went wrong, shown where it went wrong. */
export const link = { live: "connecting" };

export function onChange(listener) {
  listeners.add(listener);
}

export function changed() {
  for (const listener of listeners) listener();
}

export function receive(news) {
  for (const [name, part] of Object.entries(news.set)) parts.set(name, part);
  for (const name of news.gone) parts.delete(name);
  changed();
}

export function forget() {
  parts.clear();
}

export const known = () => parts.has("workspace");
export const workspace = () => parts.get("workspace");
export const app = () => workspace().app;
export const connected = () => parts.get("connected") === true;
export const people = () => parts.get("people") ?? [];
export const person = (id) => people().find((one) => one.id === id);
export const me = () => person(place.me);
export const groups = () => parts.get("groups") ?? [];
export const channels = () => parts.get("channels") ?? [];
export const channel = (id) => channels().find((one) => one.id === id);
/** The modals of `place.me`; none while the screen is still that of the person before. */
export const views = () => (workspace()?.me === place.me ? parts.get("views") : null) ?? [];
export const home = () => parts.get("home");

/** Of one channel, threads and what only this person sees included, oldest first. */
export function messages(channelId) {
  const prefix = `message/${channelId}/`;
  const found = [];
  for (const [name, part] of parts) if (name.startsWith(prefix)) found.push(part);
  for (const note of notes) if (note.channel === channelId && note.me === place.me) found.push(note);
  return found.sort((a, b) => Number(a.ts) - Number(b.ts));
}

const notes = [];

/** A line of the sandbox's own, which this window alone shows: what Slack's client would say itself. */
export function note(channelId, text, thread = null) {
  const ts = (Date.now() / 1000).toFixed(6);
  notes.push({ note: true, me: place.me, channel: channelId, ts, text, thread_ts: thread, ephemeral: true });
  changed();
}
