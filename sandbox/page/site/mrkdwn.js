// Slack's mrkdwn as nodes: bold, italics, strike, code, quotes, links, mentions, dates, emoji.

import { codeBlock } from "./code.js";
import { capital, token, whole } from "./dates.js";
import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { channel, groups, me, person } from "./state.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

const EDGE = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const styled = (mark) => `${EDGE}[${mark}](?=\\S)[^${mark}\\n]*[^\\s${mark}][${mark}]${END}`;
const TOKEN = new RegExp(
  ["`[^`\\n]+`", "<[^<>\\n]+>", styled("*"), styled("_"), styled("~"), ":[a-z0-9_+'-]+:"].join("|"),
  "gu",
);
const STYLES = { "*": "strong", _: "em", "~": "s" };

/** The nodes of a mrkdwn text. */
export function mrkdwn(text) {
  return String(text)
    .split(/```([\s\S]*?)```/)
    .flatMap((piece, index) => (index % 2 ? [codeBlock(unescape(piece.replace(/^\n|\n$/g, "")))] : paragraphs(piece)));
}

/** A plain text object: emoji are drawn, nothing else is. */
export function plain(text) {
  return String(text).split(/(:[a-z0-9_+'-]+:)/).map((piece) => emoji(piece.slice(1, -1)) ?? piece);
}

/** A text object of either kind. */
export function textOf(object) {
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

function paragraphs(text) {
  if (!text) return [];
  const nodes = [];
  for (const run of runs(text.replace(/^\n+|\n+$/g, (found) => (found.length > 1 ? "\n" : "")))) {
    const lines = run.lines.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line)));
    nodes.push(run.quoted ? el("blockquote", {}, lines) : el("span", { class: "lines" }, lines));
  }
  return nodes;
}

/** Lines that belong together: quoted or not. */
function runs(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>)\s?/.exec(line);
    const last = found.at(-1);
    const own = quoted ? line.slice(quoted[0].length) : line;
    if (last && last.quoted === Boolean(quoted)) last.lines.push(own);
    else found.push({ quoted: Boolean(quoted), lines: [own] });
  }
  return found;
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > end) nodes.push(unescape(text.slice(end, found.index)));
    nodes.push(tokenNode(found[0], found.index === 0));
    end = found.index + found[0].length;
  }
  if (end < text.length) nodes.push(unescape(text.slice(end)));
  return nodes;
}

function tokenNode(found, first) {
  const inner = found.slice(1, -1);
  if (found[0] === "`") return el("code", {}, unescape(inner));
  if (found[0] === "<") return angled(inner, first);
  if (found[0] === ":") return emoji(inner) ? el("span", { role: "img", "aria-label": inner }, emoji(inner)) : found;
  return el(STYLES[found[0]], {}, inline(inner));
}

function angled(inner, first) {
  const [, target, label] = /^([^|]*)(?:\|(.*))?$/.exec(inner);
  if (target.startsWith("@")) return mention(person(target.slice(1))?.name ?? label ?? target.slice(1), target.slice(1) === me()?.id);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${channel(target.slice(1))?.name ?? label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return date(target, label, first);
  if (target.startsWith("!subteam^")) return team(target.split("^")[1], label);
  if (target.startsWith("!")) return el("span", { class: "mention mine" }, `@${target.slice(1)}`);
  return anchor(unescape(target), unescape(label ?? target));
}

const mention = (name, mine) => el("span", { class: mine ? "mention mine" : "mention" }, `@${name}`);

function team(id, label) {
  const group = groups().find((one) => one.id === id);
  return mention(group?.handle ?? label?.replace(/^@/, "") ?? id, group && me()?.groups.includes(group.handle));
}

/** `first`: at the beginning of a line, where "today" is a capital's place. */
function date(target, fallback, first) {
  const [, seconds, format] = target.split("^");
  if (!/^\d{1,11}$/.test(seconds)) return unescape(fallback ?? "");
  const words = token(Number(seconds), format ?? "");
  const shown = first ? capital(words) : words;
  return el("time", { datetime: new Date(seconds * 1000).toISOString(), title: whole(Number(seconds)) }, shown);
}

/** A profile of a person here is shown as Slack does, without leaving; anything else opens outside. */
function anchor(url, label) {
  const profile = /^https:\/\/[a-z0-9-]+\.slack\.com\/team\/([A-Z0-9]+)$/.exec(url);
  const someone = profile && person(profile[1]);
  if (someone) return el("span", { class: "profile", title: `@${someone.handle}` }, label);
  if (!/^(?:https?|mailto):/i.test(url)) return label;
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}
