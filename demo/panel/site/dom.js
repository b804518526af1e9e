// Builds elements out of nodes only: nothing that came from anywhere is ever read as HTML.

/** An element; `on` holds listeners. Children that are null or false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

export const about = (name) => document.querySelector(`meta[name="demo-${name}"]`).content;

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
let clock = new Intl.DateTimeFormat(undefined, CLOCK);

/** A moment as the clock of the acting person in the sandbox shows it: the same as beside it. */
export function time(at) {
  return el("time", { datetime: new Date(at).toISOString() }, clock.format(new Date(at)));
}

export function setZone(zone) {
  byId("zone").textContent = `as it is written; times of ${zone.replaceAll("_", " ")}`;
  clock = new Intl.DateTimeFormat(undefined, { ...CLOCK, timeZone: zone });
  for (const node of document.querySelectorAll("time")) node.textContent = clock.format(new Date(node.dateTime));
}

let toastEnds;

export const hush = () => byId("toast").classList.remove("shown");

/** One line that goes away by itself. */
export function toast(text) {
  byId("toast").textContent = text;
  byId("toast").classList.add("shown");
  clearTimeout(toastEnds);
  toastEnds = setTimeout(hush, 4000);
}
