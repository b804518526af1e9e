// Starts every part, and connects each with its events.

import { byId, setZone } from "./dom.js";
import { openSandbox } from "./frame.js";
import { drawEntry, drawUnread, startLedger } from "./ledger.js";
import { listen } from "./live.js";
import { drawTargets, fill, noteLogin } from "./login.js";
import { connectedAs, drawSession, ended, noteEnd, startPsql } from "./psql.js";
import { sawConnection, sawEntry, startSteps } from "./steps.js";

function take(entry, fresh) {
  noteEnd(entry.login, entry.until);
  noteLogin(entry.login, entry.database);
  sawEntry(entry);
  drawEntry(entry, fresh);
}

let zones = {};
let person;

function became(id) {
  person = id;
  if (zones[id]) setZone(zones[id]);
}

function fold(away) {
  document.body.classList.toggle("folded", away);
  byId("fold").setAttribute("aria-expanded", String(!away));
  byId("fold").setAttribute("aria-label", away ? "Show database and ledger" : "Hide database and ledger");
}

byId("fold").addEventListener("click", () => fold(!document.body.classList.contains("folded")));
fold(matchMedia("(max-width: 760px)").matches);
startPsql(sawConnection);
startLedger();
openSandbox({ copied: (message) => fill(message, connectedAs()), became });
listen({
  hello(message) {
    zones = message.zones;
    became(person);
    drawTargets(message.targets);
    drawSession(message.user);
    startSteps(message.start);
    for (const entry of message.ledger) take(entry, false);
  },
  unread: (message) => drawUnread(message.why),
  ledger: (message) => take(message.entry, true),
  ended: (message) => ended(message.why),
});
