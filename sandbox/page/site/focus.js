// A redraw must not take the keyboard focus from a person who types.

/** Draws, then goes back to the same element, or to the one that does the same, where the old one is gone. */
export function keepingFocus(root, draw) {
  const held = document.activeElement;
  const { key, action } = root.contains(held) ? held.dataset : {};
  const [from, to] = key && "selectionStart" in held ? [held.selectionStart, held.selectionEnd] : [];
  draw();
  if (!key || document.activeElement === held) return;
  const named = (name, value) => value && root.querySelector(`[data-${name}="${CSS.escape(value)}"]`);
  const again = named("key", key) ?? named("action", action);
  again?.focus();
  if (again && typeof from === "number" && again.tagName !== "BUTTON") again.setSelectionRange?.(from, to);
}
