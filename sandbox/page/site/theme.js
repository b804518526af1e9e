// Light or dark, by the system or by choice here.

import { icon } from "./dom.js";
import { coloured } from "./frame.js";

const KEY = "sandbox/theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function draw() {
  const theme = document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
  const button = document.getElementById("theme");
  button.replaceChildren(icon(theme === "dark" ? "sun" : "moon"));
  button.setAttribute("aria-label", theme === "dark" ? "Use light colours" : "Use dark colours");
  button.title = button.getAttribute("aria-label");
  coloured(document.documentElement.dataset.theme ?? null);
}

export function startTheme() {
  if (chosen()) document.documentElement.dataset.theme = chosen();
  system.addEventListener("change", draw);
  document.getElementById("theme").addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, document.documentElement.dataset.theme);
    } catch {
      // Kept for this window only.
    }
    draw();
  });
  draw();
}
