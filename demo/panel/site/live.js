// Events that the demo sends by itself. The browser reconnects after a lost connection.

import { desk } from "./ask.js";
import { byId } from "./dom.js";

export function listen(listeners) {
  const source = new EventSource(`/live?desk=${desk}`);
  let dead;
  source.addEventListener("open", () => {
    clearTimeout(dead);
    byId("gone").hidden = true;
  });
  source.addEventListener("error", () => {
    byId("gone").hidden = false;
    // A start that is over has no use for our token either: the page of the next one has its own.
    if (source.readyState === EventSource.CLOSED) dead = setTimeout(() => location.reload(), 2500);
  });
  source.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    listeners[message.kind]?.(message);
  });
}
