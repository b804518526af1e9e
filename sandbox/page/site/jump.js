// Ctrl+K: to a channel or another person, by a few letters of the name.

import { el, icon } from "./dom.js";
import { become, goTo } from "./go.js";
import { avatar, badges } from "./people.js";
import { app, channels, people, place } from "./state.js";

export function startJump() {
  document.getElementById("jump-button").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) open();
  });
}

function places() {
  const rooms = channels().map((one) => ({
    name: one.im ? app().name : one.name,
    sign: one.im ? avatar(app().user, "small") : icon(one.private ? "lock" : "hash"),
    extra: [],
    go: () => goTo(one.id),
  }));
  const others = people().filter((one) => !one.bot && one.id !== place.me);
  return [
    ...rooms,
    ...others.map((one) => ({ name: one.name, sign: avatar(one.id, "small"), extra: [...badges(one), el("span", { class: "of" }, "act as")], go: () => become(one.id) })),
  ];
}

function open() {
  const input = el("input", {
    class: "text-input",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "true",
    "aria-controls": "jump-list",
    "aria-label": "Jump to a channel or a person",
    placeholder: "Jump to a channel or a person",
  });
  const list = el("div", { id: "jump-list", class: "jump-list", role: "listbox", "aria-label": "Places" });
  const dialog = el("dialog", { class: "jump", "aria-label": "Jump to" }, el("div", { class: "jump-field" }, icon("search"), input), list);
  const all = places();
  let shown = [];
  let active = 0;

  input.addEventListener("input", () => draw(0));
  input.addEventListener("keydown", keyed);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  draw(0);

  function draw(index) {
    const wanted = input.value.trim().toLowerCase();
    shown = all.filter((one) => one.name.toLowerCase().includes(wanted));
    active = index;
    list.replaceChildren(...shown.map(node));
    if (!shown.length) list.append(el("div", { class: "nothing", role: "status" }, "No matches"));
    input.setAttribute("aria-activedescendant", shown.length ? `jump-${active}` : "");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function node(one, index) {
    const attributes = { id: `jump-${index}`, role: "option", class: `option row ${index === active ? "active" : ""}`, "aria-selected": String(index === active) };
    return el("div", { ...attributes, on: { click: () => go(one) } }, one.sign, el("span", { class: "name" }, one.name), one.extra);
  }

  function go(one) {
    dialog.close();
    one.go();
  }

  function keyed(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      draw((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(shown.length, 1));
    } else if (event.key === "Enter" && shown[active]) {
      go(shown[active]);
    } else {
      return;
    }
    event.preventDefault();
  }
}
