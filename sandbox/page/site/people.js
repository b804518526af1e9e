// How people look: initials on a colour that follows from the id.

import { el } from "./dom.js";
import { app, person } from "./state.js";

function hue(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return (sum * 47) % 360;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 2)).toUpperCase();
}

export function avatar(id, className = "") {
  const someone = person(id);
  const isApp = someone?.app === true;
  const kind = `${isApp ? "app" : ""} ${someone?.deactivated ? "away" : ""} ${className}`;
  const letters = isApp ? app().name.slice(0, 2) : initials(someone?.name ?? id);
  const node = el("span", { class: `avatar ${kind}`, "aria-hidden": "true", "data-initials": letters });
  node.style.setProperty("--hue", hue(id));
  return node;
}

/** Heard, not seen. */
export const unseen = (text) => el("span", { class: "sr" }, text);

/** What else there is to say of a person, in a word each. */
export function badges(someone) {
  const words = [someone.guest && "guest", someone.external && "external", someone.deactivated && "deactivated"];
  return words.filter(Boolean).map((word) => el("span", { class: `badge ${word}` }, word));
}
