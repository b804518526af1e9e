// Drawing anew must not take the keyboard away from whoever is typing.

/** Draws, then goes back to the element with the same data-key where the old one is gone. */
export function keepingFocus(root, draw) {
  const held = document.activeElement;
  const key = root.contains(held) ? held.dataset.key : null;
  const [from, to] = key && "selectionStart" in held ? [held.selectionStart, held.selectionEnd] : [];
  draw();
  if (!key || document.activeElement === held) return;
  const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus();
  if (again && typeof from === "number" && again.tagName !== "BUTTON") again.setSelectionRange?.(from, to);
}
