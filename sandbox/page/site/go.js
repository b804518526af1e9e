// Navigation of the window: to a channel, a thread, a tab, or another person.

import { act } from "./acts.js";
import { changeDrafts } from "./composer.js";
import { became } from "./frame.js";
import { follow } from "./live.js";
import { changed, channel, channels, known, me, person, place } from "./state.js";
import { flush } from "./typed.js";
import { readUntil } from "./unread.js";

/** `news`: the ts up to which the open channel was read when it was opened. */
export const opened = { news: null };

export function goTo(channelId, tab = "messages") {
  place.channel = channelId;
  place.thread = null;
  place.tab = channel(channelId)?.im ? tab : "messages";
  const until = readUntil(place.me, channelId);
  opened.news = until || null;
  if (place.tab === "home") act("open_home");
  document.body.classList.remove("drawer");
  written();
  changed();
}

export function openThread(ts) {
  place.thread = ts;
  changed();
  document.querySelector("#thread [data-composer]")?.focus();
}

export function closeThread() {
  place.thread = null;
  changed();
}

/** The same window as another person; the channel stays open where they are in it. Drafts and modals stay with theirs. */
export function become(id) {
  if (id === place.me) return;
  flush();
  changeDrafts(place.me, id);
  place.me = id;
  // A button of an open dialog would act as the new person.
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  place.thread = null;
  place.tab = "messages";
  document.body.classList.remove("drawer");
  waiting = true;
  written();
  follow();
}

let waiting = true;

/** Once the screen of the person is there: stays in the channel, or takes the first they have. */
export function settle() {
  if (!known() || me()?.id !== place.me) return;
  if (waiting) became(me());
  if (!waiting && (channel(place.channel) || !channels().length)) return;
  waiting = false;
  const wanted = channel(place.channel) ?? channels()[0];
  if (wanted) goTo(wanted.id, wanted.im && place.tab === "home" ? "home" : "messages");
}

/** From the address: `?as=U…`, and a channel after the `#`. */
export function arrive() {
  place.me = new URLSearchParams(location.search).get("as");
  place.channel = location.hash.slice(1) || null;
}

function written() {
  const url = new URL(location.href);
  url.searchParams.set("as", place.me);
  url.hash = place.channel ?? "";
  history.replaceState(null, "", url);
  if (known() && person(place.me)) document.title = `${person(place.me).name} (sandbox)`;
}

