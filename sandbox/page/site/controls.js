// The elements that people act on, one maker for each type.

import { choices } from "./choices.js";
import { picker } from "./pickers.js";
import { pushButton, overflow } from "./buttons.js";
import { moment, textInput } from "./inputs.js";
import { el } from "./dom.js";

const MAKERS = {
  button: pushButton,
  overflow,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  static_select: picker,
  external_select: picker,
  users_select: picker,
  channels_select: picker,
  multi_static_select: picker,
  multi_external_select: picker,
  multi_users_select: picker,
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: moment,
  timepicker: moment,
  datetimepicker: moment,
};

/** `names`: the ids that tie an input to its label, where there is one. */
export function control(surface, block, element, names = {}) {
  const make = MAKERS[element.type];
  const known = { surface, block, element, names, key: `${surface.key}/${block.block_id}/${element.action_id}` };
  return make ? make(known) : el("span", { class: "unknown" }, `An element of type ${element.type}.`);
}
