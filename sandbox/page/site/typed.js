// Text on its way to the sandbox: sent a moment after the last key, and before anything else is done.

const SETTLED = 180;
const pending = new Map();

export function later(key, send) {
  clearTimeout(pending.get(key)?.timer);
  pending.set(key, { send, timer: setTimeout(() => now(key), SETTLED) });
}

function now(key) {
  const { send, timer } = pending.get(key);
  clearTimeout(timer);
  pending.delete(key);
  send();
}

export function flush() {
  for (const key of [...pending.keys()]) now(key);
}

export function drop(key) {
  clearTimeout(pending.get(key)?.timer);
  pending.delete(key);
}
