// A real session of the holder: it opens with the shown password and ends when the database ends it.

import { ask } from "./ask.js";
import { byId, el, hush, toast } from "./dom.js";
import { databaseOf, forgetPassword, loginFields, startLogin } from "./login.js";
import { showAnswer, showEnded, showError, showOpened } from "./output.js";
import { STATEMENTS } from "./statements.js";

let running = false;
const ends = new Map(); // login -> the end that the ledger names
const past = [];
let turned = 0;

export function startPsql(opened) {
  connected = opened;
  byId("login").addEventListener("submit", connect);
  byId("disconnect").addEventListener("click", disconnect);
  startLogin(drawChips);
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    running ? stop() : run();
  });
  byId("statement").addEventListener("keydown", key);
  setInterval(drawLeft, 250);
}

/** `connected` is told the login of each session that opens. */
let connected = () => {};

export function noteEnd(login, until) {
  if (login && until) ends.set(login, Date.parse(until));
}

/** The login of the open session, or null. */
export const connectedAs = () => byId("holder").textContent || null;

export function drawSession(user) {
  byId("login").hidden = user !== null;
  byId("session").hidden = user === null;
  byId("holder").textContent = user ?? "";
  byId("holder").title = user ?? "";
  drawLeft();
}

export function ended(why) {
  drawSession(null);
  forgetPassword();
  showEnded(why);
}

async function connect(event) {
  event.preventDefault();
  const { target, user, password } = loginFields();
  byId("connect").disabled = true;
  try {
    const said = await ask("/connect", { target, user, password });
    hush();
    drawSession(said.user);
    connected(said.user);
    showOpened(`Connected to ${databaseOf(target)} as ${said.user}`);
    byId("statement").focus();
  } catch (error) {
    showError(error.message);
  } finally {
    byId("connect").disabled = false;
  }
}

async function disconnect() {
  try {
    await ask("/disconnect");
    drawSession(null);
    showOpened("Disconnected");
    byId("connect").focus();
  } catch (error) {
    showError(error.message);
  }
}

async function run() {
  const statement = byId("statement").value.trim();
  if (!statement) return;
  if (past.at(-1) !== statement) past.push(statement);
  turned = past.length;
  drawRunning(true);
  try {
    showAnswer(statement, await ask("/run", { statement }));
  } catch (error) {
    showError(error.message, statement);
  } finally {
    drawRunning(false);
  }
}

const stop = () => ask("/cancel").catch((error) => showError(error.message));

function drawRunning(now) {
  running = now;
  byId("run").textContent = now ? "Stop" : "Run";
}

function key(event) {
  const box = byId("statement");
  const sends = event.ctrlKey || event.metaKey || (!event.shiftKey && box.value.trimEnd().endsWith(";"));
  if (event.key === "Enter" && sends && !event.isComposing) {
    event.preventDefault();
    if (!running) run();
  } else if (event.key === "ArrowUp" && box.selectionEnd === 0) recall(event, -1);
  else if (event.key === "ArrowDown" && box.selectionStart === box.value.length) recall(event, 1);
}

function recall(event, step) {
  const at = Math.max(0, Math.min(past.length, turned + step));
  if (at === turned) return;
  event.preventDefault();
  turned = at;
  byId("statement").value = past[at] ?? "";
  const edge = step < 0 ? 0 : byId("statement").value.length;
  byId("statement").setSelectionRange(edge, edge);
}

function drawChips() {
  const chips = (STATEMENTS[databaseOf(byId("target").value)] ?? []).map(([name, statement]) =>
    el("button", { type: "button", class: "chip", title: statement, on: { click: () => use(statement) } }, name),
  );
  byId("chips").replaceChildren(...chips);
}

function use(statement) {
  byId("statement").value = statement;
  if (byId("session").hidden) toast("Connect first; then Run.");
  else if (!running) run();
}

function drawLeft() {
  const end = ends.get(byId("holder").textContent);
  const left = end === undefined ? null : Math.max(0, Math.ceil((end - Date.now()) / 1000));
  byId("left").textContent = left === null ? "" : `ends in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  byId("session").classList.toggle("soon", left !== null && left <= 20);
}
