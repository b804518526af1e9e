// The app's own tabs: Home as the app published it, and About from its manifest.

import { drawBlocks } from "./blocks.js";
import { el, reconcile } from "./dom.js";
import { keepingFocus } from "./focus.js";
import { avatar } from "./people.js";
import { app, home, place, workspace } from "./state.js";
import { toast } from "./toast.js";

const local = new Map();

export function drawHome(tab) {
  const parent = document.getElementById("home");
  if (tab === "about") {
    const signature = JSON.stringify(workspace());
    return reconcile(parent, [{ key: "about", signature, make: aboutNode }]);
  }
  const view = home();
  if (!view) {
    const text = `${app().name} has not published a Home for you.`;
    return reconcile(parent, [{ key: "none", signature: text, make: () => el("p", { class: "nothing-here" }, text) }]);
  }
  reconcile(parent, [{ key: `home/${view.id}`, signature: view.id, make: () => el("div", { class: "home-view" }) }]);
  keepingFocus(parent, () => drawBlocks(parent.firstElementChild, view.blocks, surfaceOf(view)));
}

function surfaceOf(view) {
  return {
    key: `${place.me}/${view.id}`,
    where: { view_id: view.id },
    local,
    state: () => home()?.state.values,
    problem: (text) => text && toast(text),
  };
}

function aboutNode() {
  const commands = workspace().commands.map((one) =>
    el("li", {}, el("code", {}, `${one.command} ${one.usage_hint}`), el("span", { class: "description" }, one.description)),
  );
  return el(
    "div",
    { class: "about" },
    el("div", { class: "about-head" }, avatar(app().user, "large"), el("div", {}, el("h2", {}, app().name), el("p", {}, app().description))),
    el("h3", {}, "Commands"),
    el("ul", {}, commands),
    el("p", { class: "description" }, "As the app's manifest tells it."),
  );
}
