// Menus to pick from, with typing: options of the message, or asked from the app while somebody types.

import { actNow, silence } from "./acts.js";
import { deed, entered } from "./deeds.js";
import { el, icon } from "./dom.js";
import { openUnder, optionNode, popup, shut } from "./listbox.js";
import { channels, people } from "./state.js";

const WAIT = 120;
const FREE = { users_select: "selected_user", channels_select: "selected_channel", multi_users_select: "selected_users" };

export function picker(known) {
  const { surface, block, element, names, key } = known;
  const several = element.type.startsWith("multi_");
  const external = element.type.includes("external");
  let picked = standing();
  let active = -1;
  let shown = [];
  let turn = 0;
  let timer = 0;
  let asking = false;
  let hurried = false;

  const list = popup("listbox", element.placeholder?.text ?? "Options");
  const input = el("input", {
    class: "text-input",
    id: names.id ?? null,
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: element.placeholder?.text ?? "Choose an option",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-describedby": names.describedby ?? null,
    "aria-label": names.id ? null : element.placeholder?.text ?? "Choose an option",
    "data-key": key,
    "data-action": element.action_id,
    "data-focus": element.focus_on_load ?? null,
  });
  const chips = el("span", { class: "chips" });
  const node = el("div", { class: several ? "picker several" : "picker" }, chips, input, icon("down", "icon chevron"), list);
  rest();

  input.addEventListener("click", () => (open() ? null : look("")));
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    asking = external;
    if (external) timer = setTimeout(() => look(input.value), WAIT);
    else look(input.value);
  });
  input.addEventListener("keydown", keyed);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    rest();
  });
  return node;

  function standing() {
    const stands = entered(known);
    const free = FREE[element.type];
    if (free) return [stands[free]].flat().filter(Boolean).map((id) => offered().find((one) => one.value === id)).filter(Boolean);
    return [stands.selected_options ?? stands.selected_option].flat().filter(Boolean);
  }

  function rest() {
    input.value = several ? "" : picked[0]?.text.text ?? "";
    chips.replaceChildren(...(several ? picked.map(chip) : []));
  }

  function chip(option) {
    const off = el("button", { type: "button", class: "chip", "aria-label": `Remove ${option.text.text}` }, option.text.text, icon("close"));
    off.addEventListener("click", () => take(option));
    return off;
  }

  /** What can be picked without asking the app. */
  function offered() {
    if (element.type.includes("users")) return people().filter((one) => !one.bot).map((one) => plainOption(one.name, one.id));
    if (element.type === "channels_select") return channels().filter((one) => !one.im).map((one) => plainOption(`#${one.name}`, one.id));
    return element.options ?? element.option_groups.flatMap((group) => group.options);
  }

  async function look(query) {
    const mine = (turn += 1);
    asking = external;
    if (!external) {
      const wanted = query.trim().toLowerCase();
      show(offered().filter((option) => option.text.text.toLowerCase().includes(wanted)), "No matches");
      return;
    }
    const least = element.min_query_length ?? 3;
    if (query.length < least) {
      asking = false;
      return show([], `Type ${least - query.length} more`);
    }
    if (!open()) show([], "Looking…");
    const asked = { ...surface.where, block_id: block.block_id, action_id: element.action_id, query };
    const { answer, problem } = await actNow("suggest", asked);
    if (mine !== turn || document.activeElement !== input) return;
    asking = false;
    const wrong = problem ?? (answer.error ? silence(answer.error) : null);
    show(answer?.options ?? [], wrong ?? "No matches");
    if (hurried && shown.length) take(shown[0]);
    hurried = false;
  }

  function show(options, otherwise) {
    shown = options;
    list.replaceChildren(...options.map((option) => optionNode(option, "option", take)));
    if (!options.length) list.append(el("div", { class: "nothing", role: "status" }, otherwise));
    [...list.children].forEach((child, index) => {
      const on = picked.some((one) => one.value === options[index]?.value);
      if (options.length) child.setAttribute("aria-selected", String(on));
    });
    openUnder(node, list);
    input.setAttribute("aria-expanded", "true");
    go(Math.max(0, options.findIndex((option) => picked.some((one) => one.value === option.value))));
  }

  function go(index) {
    list.children[active]?.classList.remove("active");
    active = shown.length ? (index + shown.length) % shown.length : -1;
    const on = list.children[active];
    if (active >= 0) {
      on.classList.add("active");
      on.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", on.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function open() {
    return list.matches(":popover-open");
  }

  function close() {
    clearTimeout(timer);
    turn += 1;
    asking = hurried = false;
    shut(list);
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function keyed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (open()) go(active + (event.key === "ArrowDown" ? 1 : -1));
      else look("");
    } else if (event.key === "Enter" && asking) {
      hurried = true; // Enter came before the options did: it means the first of them
    } else if (event.key === "Enter" && open() && active >= 0) {
      take(shown[active]);
    } else if (event.key === "Escape" && open()) {
      close();
      rest();
    } else if (event.key === "Backspace" && several && !input.value && picked.length) {
      take(picked.at(-1));
    } else if (event.key === "Enter") {
      look(input.value);
    } else {
      if (!open() && event.key.length === 1 && !event.ctrlKey && !event.metaKey) input.select();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  async function take(option) {
    const before = picked;
    const there = picked.some((one) => one.value === option.value);
    if (several) picked = there ? picked.filter((one) => one.value !== option.value) : [...picked, option];
    else picked = [option];
    close();
    rest();
    node.dispatchEvent(new Event("change", { bubbles: true }));
    if (!several && there) return;
    surface.local.set(key, remembered());
    const values = picked.map((one) => one.value);
    if (!(await deed(known, "choose", { value: several ? values : values[0] }, node))) undo(before);
  }

  /** An app that did not answer keeps the choice, as Slack does; one that was not made goes back. */
  function undo(before) {
    if (surface.state()?.[block.block_id]?.[element.action_id]?.selected_option?.value === picked[0]?.value) return;
    picked = before;
    surface.local.set(key, remembered());
    rest();
  }

  function remembered() {
    const free = FREE[element.type];
    if (free) return { [free]: several ? picked.map((one) => one.value) : picked[0]?.value };
    return several ? { selected_options: picked } : { selected_option: picked[0] };
  }
}

const plainOption = (text, value) => ({ text: { type: "plain_text", text }, value });
