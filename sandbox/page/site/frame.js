// A page around this one hears who acts, what was copied and which colours were chosen,
// if it is local and was named.

const LOCAL = /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

const named = new URLSearchParams(location.search).get("parent");
const listener = window.parent !== window && LOCAL.test(named ?? "") ? named : null;

function tell(message) {
  if (listener) window.parent.postMessage({ source: "sandbox", ...message }, listener);
}

/** `theme`: light, dark, or null for what the system says. */
export const coloured = (theme) => tell({ kind: "theme", theme });
export const copied = (text) => tell({ kind: "copied", text });
export const became = (person) => tell({ kind: "person", id: person.id, name: person.name });
