// A page around this one hears who acts, what was copied and which colours were chosen, and may ask
// for a person, a channel and a line in the message box, if it is local and was named.

const LOCAL = /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?$/;
const LONGEST = 3000;

const named = new URLSearchParams(location.search).get("parent");
const around = window.parent !== window && LOCAL.test(named ?? "") ? named : null;

function tell(message) {
  if (around) window.parent.postMessage({ source: "sandbox", ...message }, around);
}

/** `theme`: light, dark, or null for what the system says. */
export const coloured = (theme) => tell({ kind: "theme", theme });
export const became = (person) => tell({ kind: "person", id: person.id, name: person.name });

/** `modal`: whether it was copied out of one; `beside`: all that is written there. */
export const copied = (text, modal, beside) => tell({ kind: "copied", text, modal, beside: beside.slice(0, LONGEST) });

/** Calls `visit` with {person, channel, line} for what the page around asks; nothing is ever sent for it. */
export function obey(visit) {
  if (!around) return;
  addEventListener("message", (event) => {
    // Any window may post to this one: only the page that was named, and frames this one, is heard.
    if (event.origin !== around || event.source !== window.parent) return;
    const asked = event.data;
    if (asked?.source !== "around" || asked.kind !== "visit" || typeof asked.person !== "string") return;
    const word = (value) => (typeof value === "string" ? value.slice(0, LONGEST) : null);
    visit({ person: asked.person, channel: word(asked.channel), line: word(asked.line) });
  });
}
