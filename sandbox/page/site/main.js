// Starts the page: one person's window.

import { soon } from "./dom.js";
import { obey } from "./frame.js";
import { arrive, settle } from "./go.js";
import { startJump } from "./jump.js";
import { follow, restWhileHidden } from "./live.js";
import { drawModal, startModal } from "./modal.js";
import { drawPane, startPane } from "./pane.js";
import { drawSidebar } from "./sidebar.js";
import { known, me, onChange, place } from "./state.js";
import { startTheme } from "./theme.js";
import { drawThread, startThread } from "./thread.js";
import { arrive as arriveAsAsked, visit } from "./visit.js";

function draw() {
  if (!known() || me()?.id !== place.me) return;
  settle();
  arriveAsAsked();
  drawSidebar();
  drawPane();
  drawThread();
  drawModal();
  document.body.classList.add("ready");
}

function start() {
  arrive();
  obey(visit);
  startTheme();
  startModal();
  startPane();
  startThread();
  startJump();
  document.getElementById("drawer-button").addEventListener("click", () => document.body.classList.toggle("drawer"));
  document.getElementById("shade").addEventListener("click", () => document.body.classList.remove("drawer"));
  onChange(soon(draw));
  follow();
  restWhileHidden();
}

start();
