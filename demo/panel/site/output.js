// Statements and the answers of the database, the newest at the end.

import { byId, el, time } from "./dom.js";

const KEPT = 40;

function add(...nodes) {
  const output = byId("output");
  const turn = el("div", { class: "turn" }, ...nodes);
  output.append(turn);
  while (output.children.length > KEPT) output.firstElementChild.remove();
  output.scrollTop = turn.offsetTop - output.offsetTop - 4;
}

export const showOpened = (text) => add(el("div", { class: "opened" }, text));

export const showError = (text, statement = null) =>
  add(statement && el("div", { class: "asked" }, statement), el("div", { class: "error" }, text));

export const showEnded = (why) =>
  add(el("div", { class: "ended" }, el("strong", {}, "The server closed the session, ", time(Date.now())), why));

export function showAnswer(statement, said) {
  const nodes = [el("div", { class: "asked" }, statement)];
  for (const notice of said.notices) nodes.push(el("div", { class: "notice" }, notice));
  for (const answer of said.answers) nodes.push(...answerNodes(answer));
  if (said.error) nodes.push(el("div", { class: "error" }, said.error));
  const open = { intrans: ", transaction open", inerror: ", transaction failed: rollback" }[said.transaction] ?? "";
  nodes.push(el("div", { class: "summary" }, `${said.ms} ms${open}`));
  add(...nodes);
}

function answerNodes(answer) {
  if (!answer.columns) return [el("div", { class: "summary" }, answer.status)];
  const head = el("tr", {}, ...answer.columns.map((name) => el("th", { scope: "col" }, name)));
  const rows = answer.rows.map((row) => el("tr", {}, ...row.map(cell)));
  const table = el("table", { class: "answer" }, el("thead", {}, head), el("tbody", {}, ...rows));
  return [table, el("div", { class: "summary" }, count(answer))];
}

function cell(value) {
  return value === null ? el("td", { class: "null" }, "null") : el("td", { title: value }, value);
}

function count({ count: all, rows }) {
  const said = `${all.toLocaleString("en")} row${all === 1 ? "" : "s"}`;
  return all > rows.length ? `${said}, the first ${rows.length} shown` : said;
}
