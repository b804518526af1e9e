// Text in all its kinds, dates and times.

import { act } from "./acts.js";
import { deed, entered } from "./deeds.js";
import { el } from "./dom.js";
import { later } from "./typed.js";

const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url", plain_text_input: "text" };
const NEARLY = 0.8;

export function textInput(known) {
  const { surface, block, element, names, key } = known;
  const longest = element.max_length ?? 3000;
  const node = el(element.multiline ? "textarea" : "input", {
    class: "text-input",
    id: names.id ?? null,
    type: element.multiline ? null : KINDS[element.type],
    inputmode: element.type === "number_input" ? "decimal" : null,
    rows: element.multiline ? "3" : null,
    autocomplete: "off",
    placeholder: element.placeholder?.text ?? null,
    "aria-describedby": names.describedby ?? null,
    "data-key": key,
    "data-action": element.action_id,
    "data-focus": element.focus_on_load ?? null,
    value: entered(known).value ?? "",
  });
  const counter = el("span", { class: "counter", hidden: true });
  node.addEventListener("input", () => {
    surface.local.set(key, { value: node.value });
    counter.hidden = node.value.length < longest * NEARLY;
    counter.textContent = `${longest - node.value.length}`;
    counter.classList.toggle("over", node.value.length > longest);
    later(key, () => send(false));
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (element.multiline && !(event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    if (block.dispatch_action) later(key, () => send(true));
    else surface.submit?.();
  });
  return el("div", { class: "text-field" }, node, counter);

  async function send(enter) {
    const asked = { ...surface.where, block_id: block.block_id, action_id: element.action_id, value: node.value, enter };
    const { problem, code } = await act("type", asked);
    if (problem && code !== "view_not_found") surface.problem(problem);
  }
}

const MOMENTS = {
  datepicker: { type: "date", key: "selected_date" },
  timepicker: { type: "time", key: "selected_time" },
  datetimepicker: { type: "datetime-local", key: "selected_date_time" },
};

export function moment(known) {
  const { surface, element, names, key } = known;
  const kind = MOMENTS[element.type];
  const stands = entered(known)[kind.key];
  const whole = element.type === "datetimepicker";
  const node = el("input", { class: "text-input", type: kind.type, id: names.id ?? null, "data-key": key, "data-action": element.action_id });
  if (stands) node.value = whole ? new Date(stands * 1000).toISOString().slice(0, 16) : stands;
  node.addEventListener("change", () => {
    const value = whole ? Math.round(Date.parse(`${node.value}Z`) / 1000) : node.value;
    surface.local.set(key, { [kind.key]: value });
    deed(known, "choose", { value });
  });
  return node;
}
