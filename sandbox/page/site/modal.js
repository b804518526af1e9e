// The stack of modals: the one on top is shown, as the sandbox has it.

import { act, silence } from "./acts.js";
import { drawBlocks } from "./blocks.js";
import { el, icon, iconButton } from "./dom.js";
import { showFaults } from "./fields.js";
import { keepingFocus } from "./focus.js";
import { plain } from "./mrkdwn.js";
import { app, views } from "./state.js";
import { avatar } from "./people.js";
import { toast } from "./toast.js";
import { flush } from "./typed.js";

let shown = null;

const dialog = () => document.getElementById("modal");

export function drawModal() {
  const stack = views();
  const view = stack.at(-1);
  if (!view) {
    if (dialog().open) dialog().close();
    shown = null;
    return;
  }
  if (shown?.view.id !== view.id) begin(view);
  shown.view = view;
  keepingFocus(dialog(), () => fill(view, stack.length));
  if (!dialog().open) dialog().showModal();
  if (shown.fresh) firstFocus();
  shown.fresh = false;
}

function begin(view) {
  const body = el("div", { class: "modal-body" });
  const banner = el("div", { class: "banner", role: "alert", hidden: true });
  const head = el("header", { class: "modal-head" });
  const foot = el("footer", { class: "modal-foot" });
  dialog().replaceChildren(head, body, banner, foot);
  const surface = {
    key: view.id,
    where: { view_id: view.id },
    local: new Map(),
    state: () => shown?.view.state.values,
    problem,
    submit: () => shown?.view.submit && submit(),
  };
  shown = { view, body, banner, head, foot, surface, fresh: true };
}

function fill(view, depth) {
  const { head, body, foot, surface } = shown;
  const frame = JSON.stringify([view.title, view.submit, view.close, depth]);
  if (shown.frame !== frame) {
    shown.frame = frame;
    head.replaceChildren(...headline(view, depth));
    foot.replaceChildren(...buttons(view));
  }
  const keys = new Set(view.blocks.map((block) => block.block_id));
  for (const key of surface.local.keys()) if (!keys.has(key.split("/")[1])) surface.local.delete(key);
  drawBlocks(body, view.blocks, surface);
}

function headline(view, depth) {
  const back = depth > 1 && iconButton("back", "Back", () => close(false));
  const title = el("h2", { id: "modal-title" }, plain(view.title.text));
  return [back || avatar(app().user), title, iconButton("close", "Close", () => close(true))];
}

function buttons(view) {
  const label = view.close ? plain(view.close.text) : view.submit ? "Cancel" : "Close";
  const end = el("button", { type: "button", class: "button", "data-key": "modal/close", on: { click: () => close(false) } }, label);
  if (!view.submit) return [end];
  const send = { type: "button", class: "button solid primary", "data-key": "modal/submit", on: { click: submit } };
  return [end, el("button", send, el("span", { class: "button-text" }, plain(view.submit.text)))];
}

async function submit() {
  const { view, foot, body } = shown;
  const button = foot.querySelector("[data-key='modal/submit']");
  if (button.classList.contains("busy")) return;
  flush();
  problem(null);
  button.classList.add("busy");
  button.setAttribute("aria-busy", "true");
  const { answer, problem: refused } = await act("submit", { view_id: view.id });
  button.classList.remove("busy");
  button.removeAttribute("aria-busy");
  if (refused) return problem(refused);
  if (answer.error) problem(silence(answer.error));
  if (shown?.view.id === view.id) showFaults(body, answer.errors);
}

async function close(wholeStack) {
  const { view } = shown;
  if (shown.closing === view.id) return;
  shown.closing = view.id;
  flush();
  const { problem: refused, answer } = await act("close", { view_id: view.id, whole_stack: wholeStack });
  if (shown) shown.closing = null;
  if (refused) problem(refused);
  else if (answer.error) toast(silence(answer.error));
}

/** What went wrong with the modal as a whole, inside of it. */
function problem(text) {
  if (!shown) return text && toast(text);
  shown.banner.hidden = !text;
  shown.banner.replaceChildren(...(text ? [icon("warn"), el("span", {}, text)] : []));
}

function firstFocus() {
  const wanted = dialog().querySelector("[data-focus]") ?? shown.body.querySelector("input:not([type=hidden]), textarea, button");
  (wanted ?? shown.foot.querySelector("button:last-child")).focus();
}

/** Escape closes the top one, and the app hears of it like of a click. */
export function startModal() {
  dialog().addEventListener("cancel", (event) => {
    if (event.target !== dialog()) return;
    event.preventDefault();
    close(false);
  });
  dialog().addEventListener("close", () => views().length && drawModal());
}
