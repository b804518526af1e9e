// Menus to pick from: a field to type in, and a list under it.

import { deed, entered } from "./deeds.js";
import { el, icon } from "./dom.js";
import { isExternal, lettersMissing, matching, offered, suggested } from "./offers.js";
import { OptionList } from "./optionlist.js";

const WAIT = 120;
const FREE = {
  users_select: "selected_user",
  channels_select: "selected_channel",
  multi_users_select: "selected_users",
};

export const picker = (known) => new Picker(known).node;

class Picker {
  constructor(known) {
    this.known = known;
    this.element = known.element;
    this.several = this.element.type.startsWith("multi_");
    this.external = isExternal(this.element);
    this.picked = this.standing();
    this.list = new OptionList(this.element.placeholder?.text ?? "Options", (option) => this.take(option));
    this.input = this.field();
    this.chips = el("span", { class: "chips" });
    const parts = [this.chips, this.input, icon("down", "icon chevron"), this.list.node];
    this.node = el("div", { class: this.several ? "picker several" : "picker" }, parts);
    this.turn = 0;
    this.timer = 0;
    this.asking = false;
    this.hurried = false;
    this.listen();
    this.rest();
  }

  field() {
    const { names, key } = this.known;
    const words = this.element.placeholder?.text ?? "Choose an option";
    return el("input", {
      class: "text-input",
      id: names.id ?? null,
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: words,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.node.id,
      "aria-describedby": names.describedby ?? null,
      "aria-label": names.id ? null : words,
      "data-key": key,
      "data-action": this.element.action_id,
      "data-focus": this.element.focus_on_load ?? null,
    });
  }

  listen() {
    const { input } = this;
    input.addEventListener("click", () => this.list.open || this.look(""));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => this.keyed(event));
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.typed();
    });
    input.addEventListener("blur", () => {
      this.close();
      this.rest();
    });
  }

  /** What is picked already, as options. */
  standing() {
    const stands = entered(this.known);
    const free = FREE[this.element.type];
    const picked = [free ? stands[free] : stands.selected_options ?? stands.selected_option].flat().filter(Boolean);
    if (!free) return picked;
    return picked.map((id) => offered(this.element).find((one) => one.value === id)).filter(Boolean);
  }

  /** Shows what is picked while no person types. */
  rest() {
    this.input.value = this.several ? "" : this.picked[0]?.text.text ?? "";
    this.chips.replaceChildren(...(this.several ? this.picked.map((option) => this.chip(option)) : []));
  }

  chip(option) {
    const words = option.text.text;
    const attributes = { type: "button", class: "chip", "aria-label": `Remove ${words}` };
    return el("button", { ...attributes, on: { click: () => this.take(option) } }, words, icon("close"));
  }

  typed() {
    clearTimeout(this.timer);
    this.asking = this.external;
    if (this.external) this.timer = setTimeout(() => this.look(this.input.value), WAIT);
    else this.look(this.input.value);
  }

  look(query) {
    const mine = (this.turn += 1);
    const missing = this.external ? lettersMissing(this.element, query) : 0;
    this.asking = this.external && !missing;
    if (!this.external) this.show(matching(this.element, query), "No matches");
    else if (missing) this.show([], `Type ${missing} more`);
    else this.ask(query, mine);
  }

  async ask(query, mine) {
    if (!this.list.open) this.show([], "Looking…");
    const { options, problem } = await suggested(this.known, query);
    if (mine !== this.turn || document.activeElement !== this.input) return;
    this.asking = false;
    this.show(options, problem ?? "No matches");
    if (this.hurried && options.length) this.take(options[0]);
    this.hurried = false;
  }

  show(options, otherwise) {
    this.list.show(this.node, options, this.picked, otherwise);
    this.input.setAttribute("aria-expanded", "true");
    this.point();
  }

  point() {
    const id = this.list.activeId;
    if (id) this.input.setAttribute("aria-activedescendant", id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.asking = this.hurried = false;
    this.list.shut();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  keyed(event) {
    if (event.isComposing) return;
    const open = this.list.open;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.moved(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      this.entered();
    } else if (event.key === "Escape" && open) {
      this.close();
      this.rest();
    } else if (event.key === "Backspace" && this.several && !this.input.value && this.picked.length) {
      this.take(this.picked.at(-1));
    } else {
      // Typing over a picked option begins anew.
      if (!open && event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.input.select();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  moved(by) {
    if (this.list.open) this.list.go(this.list.at + by);
    else this.look("");
    this.point();
  }

  entered() {
    if (this.asking) this.hurried = true; // before the options came: it means the first of them
    else if (this.list.open && this.list.active) this.take(this.list.active);
    else this.look(this.input.value);
  }

  async take(option) {
    const before = this.picked;
    const there = before.some((one) => one.value === option.value);
    if (!this.several) this.picked = [option];
    else this.picked = there ? before.filter((one) => one.value !== option.value) : [...before, option];
    this.close();
    this.rest();
    this.node.dispatchEvent(new Event("change", { bubbles: true }));
    if (!this.several && there) return;
    this.remember();
    const values = this.picked.map((one) => one.value);
    const done = await deed(this.known, "choose", { value: this.several ? values : values[0] }, this.node);
    if (!done && !this.kept()) this.undo(before);
  }

  /** An app that does not answer leaves the choice as it is, as in Slack. */
  kept() {
    const { surface, block } = this.known;
    const stands = surface.state()?.[block.block_id]?.[this.element.action_id];
    return stands?.selected_option?.value === this.picked[0]?.value;
  }

  undo(before) {
    this.picked = before;
    this.remember();
    this.rest();
  }

  remember() {
    const { surface, key } = this.known;
    const free = FREE[this.element.type];
    const values = this.picked.map((one) => one.value);
    if (free) surface.local.set(key, { [free]: this.several ? values : values[0] });
    else if (this.several) surface.local.set(key, { selected_options: this.picked });
    else surface.local.set(key, { selected_option: this.picked[0] });
  }
}
