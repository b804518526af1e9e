// The fields of a login. A copy in the sandbox fills them as one login, never as parts of two.

import { understand } from "./copied.js";
import { byId, el, toast } from "./dom.js";

let targets = {};
const databases = new Map(); // login -> the database that the ledger names

/** `changed` is called when another target is chosen. */
export function startLogin(changed) {
  byId("target").addEventListener("change", changed);
}

export function drawTargets(named) {
  const before = byId("target").value;
  targets = named;
  byId("target").replaceChildren(...Object.keys(named).map((name) => el("option", { value: name }, name)));
  if (before in named) byId("target").value = before;
  byId("target").dispatchEvent(new Event("change"));
}

export const databaseOf = (target) => targets[target]?.database;

export function noteLogin(login, database) {
  if (login && database) databases.set(login, database);
}

export const loginFields = () => Object.fromEntries(["target", "user", "password"].map((id) => [id, byId(id).value.trim()]));

export function forgetPassword() {
  byId("password").value = "";
}

/** Fills what was copied; what belongs to another login is emptied. */
export function fill(message, connected) {
  const found = understand(message);
  if (!found) return;
  const target = targetOf(found);
  if (found.database && !target) return; // a server that this page does not know
  if (found.user === connected) return toast("This page is connected with that login already.");
  if (target) set("target", target);
  if (byId("user").value.trim() !== found.user) forgetPassword();
  set("user", found.user);
  if (found.password) set("password", found.password);
  toast(`Filled in. ${next(connected)}`);
}

function next(connected) {
  if (connected) return "Disconnect first, then Connect.";
  if (!byId("password").value) return "Now copy the password: press Show credentials.";
  return document.body.classList.contains("folded") ? "Now Connect, under Database and ledger." : "Now Connect.";
}

function targetOf({ host, port, database, user }) {
  const wanted = database ?? databases.get(user);
  const fits = (one) => one.database === wanted && (database === undefined || (String(one.port) === String(port) && one.host === host));
  return Object.keys(targets).find((name) => fits(targets[name]));
}

function set(id, value) {
  const field = byId(id);
  if (field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event("change"));
  field.classList.remove("filled");
  requestAnimationFrame(() => field.classList.add("filled"));
}
