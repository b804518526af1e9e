// Radio buttons and checkboxes.

import { deed, entered } from "./deeds.js";
import { el } from "./dom.js";
import { textOf } from "./mrkdwn.js";

let numbers = 0;

export function choices(known) {
  const { element, names, key, surface } = known;
  const several = element.type === "checkboxes";
  const stands = entered(known);
  const chosen = (several ? stands.selected_options ?? [] : [stands.selected_option]).filter(Boolean).map((one) => one.value);
  const group = `choices-${(numbers += 1)}`;
  const node = el("div", {
    class: "choices",
    role: several ? "group" : "radiogroup",
    "aria-labelledby": names.labelledby ?? null,
    "aria-describedby": names.describedby ?? null,
  });
  element.options.forEach((option, index) => node.append(choice(option, index)));
  node.addEventListener("change", () => {
    const values = [...node.querySelectorAll("input:checked")].map((input) => input.value);
    const picked = element.options.filter((option) => values.includes(option.value));
    surface.local.set(key, several ? { selected_options: picked } : { selected_option: picked[0] });
    deed(known, "choose", { value: several ? values : values[0] });
  });
  return node;

  function choice(option, index) {
    const input = el("input", {
      type: several ? "checkbox" : "radio",
      name: group,
      "data-key": `${key}/${index}`,
      "data-action": `${element.action_id}/${index}`,
      value: option.value,
      checked: chosen.includes(option.value),
    });
    const description = option.description && el("span", { class: "description" }, textOf(option.description));
    return el("label", { class: "choice" }, input, el("span", {}, textOf(option.text), description));
  }
}
