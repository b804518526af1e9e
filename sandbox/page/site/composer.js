// The message box: slash commands with completion, messages, and what was typed before.

import { act } from "./acts.js";
import { el, icon } from "./dom.js";
import { Recall, remember } from "./history.js";
import { openUnder, popup, shut } from "./listbox.js";
import { app, note, place, workspace } from "./state.js";
import { toast } from "./toast.js";

const TALLEST = 200;
const boxes = [];

/** Each box keeps the text that one person has not sent, and shows that of the other. */
export function changeDrafts(from, to) {
  for (const box of boxes) box.changeDraft(from, to);
}

/** `target()`: {channel, thread} that it writes to. */
export function composer(target, label) {
  const list = popup("listbox", "Commands");
  const hint = el("div", { class: "command-hint", hidden: true });
  const box = el("textarea", {
    class: "composer-text",
    rows: "1",
    autocomplete: "off",
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "data-composer": "",
  });
  const send = el("button", { type: "button", class: "send", "aria-label": "Send", title: "Send", disabled: true, on: { click: sent } }, icon("send"));
  const row = el("div", { class: "composer-row" }, box, send);
  const node = el("div", { class: "composer" }, hint, row, list);
  let active = 0;
  let offered = [];
  let recall = null;

  box.addEventListener("input", () => {
    recall = null;
    drawn();
  });
  box.addEventListener("keydown", keyed);
  box.addEventListener("blur", closeList);
  node.say = (placeholder, disabled) => {
    box.placeholder = placeholder;
    box.disabled = disabled;
    node.classList.toggle("off", disabled);
  };
  const drafts = new Map();
  node.changeDraft = (from, to) => {
    drafts.set(from, box.value);
    box.value = drafts.get(to) ?? "";
    recall = null;
    closeList();
    sized();
  };
  boxes.push(node);
  node.put = (text) => {
    box.value = text;
    drawn();
    box.focus();
    box.setSelectionRange(text.length, text.length);
  };
  return node;

  function sized() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, TALLEST)}px`;
    send.disabled = !box.value.trim();
    hint.hidden = true;
  }

  function drawn() {
    sized();
    const command = /^\/\S*/.exec(box.value)?.[0];
    const words = box.value.length > (command?.length ?? 0);
    const commands = workspace().commands;
    offered = command && !words && !target().thread ? commands.filter((one) => one.command.startsWith(command)) : [];
    const typed = command && words && commands.find((one) => one.command === command);
    hint.hidden = !typed;
    hint.replaceChildren(...(typed ? [el("strong", {}, typed.command), ` ${typed.usage_hint}`] : []));
    if (offered.length) showList();
    else closeList();
  }

  function showList() {
    active = Math.min(active, offered.length - 1);
    list.replaceChildren(el("div", { class: "popup-title" }, "Commands"), ...offered.map(commandNode));
    openUnder(row, list);
    box.setAttribute("aria-activedescendant", `${list.id}-${active}`);
  }

  function commandNode(command, index) {
    const attributes = { id: `${list.id}-${index}`, role: "option", class: "option command", "aria-selected": String(index === active) };
    const line = el("div", {}, el("strong", {}, command.command), el("span", { class: "usage" }, ` ${command.usage_hint}`));
    const own = el("div", { class: "description" }, command.description, el("span", { class: "of" }, app().name));
    const node = el("div", attributes, line, own);
    if (index === active) node.classList.add("active");
    node.addEventListener("mousedown", (event) => {
      event.preventDefault();
      node.dispatchEvent(new Event("taken", { bubbles: true }));
      complete(command);
    });
    return node;
  }

  function closeList() {
    shut(list);
    active = 0;
    box.removeAttribute("aria-activedescendant");
  }

  function complete(command) {
    node.put(`${command.command} `);
  }

  function keyed(event) {
    if (event.isComposing) return;
    const open = list.matches(":popover-open");
    const exact = open && offered[active].command === box.value;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length;
      showList();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && !exact))) {
      complete(offered[active]);
    } else if (open && event.key === "Escape") {
      closeList();
    } else if (event.key === "Enter" && !event.shiftKey) {
      sent();
    } else if (event.key === "ArrowUp" && (box.value === "" || recall)) {
      recall ??= new Recall(place.me);
      recalled(-1);
    } else if (event.key === "ArrowDown" && recall) {
      recalled(1);
    } else {
      return;
    }
    event.preventDefault();
  }

  function recalled(by) {
    const held = recall;
    node.put(held.step(by));
    closeList();
    recall = held;
  }

  async function sent() {
    const text = box.value;
    if (!text.trim() || box.disabled) return;
    remember(place.me, text);
    recall = null;
    box.value = "";
    drawn();
    const { channel, thread } = target();
    const command = /^(\/\S+)(?:\s([\s\S]*))?$/.exec(text);
    if (!command) {
      const { problem } = await act("write", { channel, text, thread_ts: thread });
      if (problem) back(text, problem);
    } else if (thread) {
      note(channel, `${command[1]} is not supported in threads.`, thread);
    } else {
      await run(channel, command[1], command[2] ?? "");
    }
  }

  async function run(channel, command, text) {
    node.classList.add("waiting");
    const { answer, problem, code } = await act("command", { channel, command, text });
    node.classList.remove("waiting");
    if (code === "unknown_command") {
      note(channel, `${command} is not a valid command. Everything that begins with "/" is taken as a command; write a space before it to send it as a message.`);
    } else if (problem) {
      back(`${command} ${text}`, problem);
    } else if (answer.error) {
      note(channel, failed(command, answer.error));
    }
  }

  function back(text, problem) {
    toast(problem);
    if (!box.value) node.put(text);
  }
}

function failed(command, error) {
  if (error === "dispatch_failed") return `${command} failed because the app is not connected (${error}).`;
  if (error === "operation_timeout") return `${command} failed because the app did not respond within 3 seconds (${error}).`;
  return `${command} failed with the error "${error}".`;
}
