// The stream of what changes; it comes back by itself, and says so while the sandbox is gone.

import { changed, forget, link, place, receive } from "./state.js";

const HIDDEN_LONG = 20_000;

let source = null;
let goodbye = 0;

/** Follows the screen of `place.me` from now on. */
export function follow() {
  source?.close();
  let first = true;
  source = new EventSource(`/sandbox/people/${encodeURIComponent(place.me)}/live`);
  source.onmessage = (event) => {
    // A stream begins with all there is: what an earlier one told may be over.
    if (first) forget();
    first = false;
    link.live = "open";
    receive(JSON.parse(event.data));
  };
  source.onerror = () => {
    first = true;
    link.live = "gone";
    changed();
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1500);
  };
}

/** A browser keeps few connections to one address: a window that is not looked at gives its own back. */
export function restWhileHidden() {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(goodbye);
    if (document.hidden) goodbye = setTimeout(() => source.close(), HIDDEN_LONG);
    else if (source.readyState === EventSource.CLOSED) follow();
  });
}
