// Builds elements out of nodes only: nothing that was typed is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M4 9h16M4 15h16M10 3 8 21M16 3l-2 18",
  lock: "M6 11V8a6 6 0 0 1 12 0v3M5 11h14v10H5z",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  reply: "M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  send: "M4 12 20 4l-5 16-3-7z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM21 21l-5-5",
  sun: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 1v3M12 20v3M1 12h3M20 12h3M4 4l2 2M18 18l2 2M4 20l2-2M18 6l2-2",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  window: "M14 4h6v6M20 4l-8 8M18 14v6H4V6h6",
  down: "M6 9l6 6 6-6",
  check: "M5 12l5 5L20 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  people: "M16 19a6 6 0 0 0-12 0M10 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM21 19a5 5 0 0 0-5-5M15 4a3.5 3.5 0 0 1 0 6.5",
  warn: "M12 3 2 20h20zM12 10v4M12 17h.01",
};

/** An element; `on` holds listeners, `false`, `null` and `undefined` leave an attribute or child out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "value" || name === "checked" || name === "disabled") {
      node[name] = value;
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A drawn sign beside a word; readers of the screen hear the word only. */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows a sign only. */
export function iconButton(name, label, listener, className = "") {
  return el(
    "button",
    { type: "button", class: `icon-button ${className}`, "aria-label": label, title: label, on: { click: listener } },
    icon(name),
  );
}

/** Makes the children of `parent` these items, and leaves alone the nodes of which key and signature stay. */
export function reconcile(parent, items) {
  const before = new Map([...parent.children].map((node) => [node.itemKey, node]));
  let place = parent.firstChild;
  for (const { key, signature, make } of items) {
    let node = before.get(key);
    if (node === undefined || node.itemSignature !== signature) {
      const fresh = make(node);
      fresh.itemKey = key;
      fresh.itemSignature = signature;
      if (node === undefined) {
        parent.insertBefore(fresh, place);
      } else {
        if (place === node) place = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    before.delete(key);
    if (place === node) place = node.nextSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of before.values()) node.remove();
}

/** `draw` once, soon, however often it is asked for meanwhile. */
export function soon(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      draw();
    });
  };
}
