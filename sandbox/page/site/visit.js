// Goes where the page around asks: to a person, a channel or the app, with a line in the message box.

import { become, goTo } from "./go.js";
import { put } from "./pane.js";
import { app, channel, known, people, place, workspace } from "./state.js";

let wish = null;

export function visit(asked) {
  if (known() && !people().some((one) => one.id === asked.person)) return;
  wish = asked;
  become(asked.person);
  arrive();
}

/** Once the screen of that person is there. A line takes the place of what was typed before. */
export function arrive() {
  if (wish && place.me !== wish.person) wish = null; // another person was chosen meanwhile
  if (!wish || !known() || workspace().me !== wish.person) return;
  const { channel: wanted, line } = wish;
  wish = null;
  const id = wanted === "app" ? app().channel : wanted;
  if (channel(id)) goTo(id);
  if (line !== null) put(line);
}
