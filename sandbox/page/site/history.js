// The commands that this person typed before, newest last, for the arrow keys.

const MOST = 50;
const kept = new Map();

const list = (who) => kept.get(who) ?? [];

export function remember(who, text) {
  kept.set(who, [...list(who).filter((one) => one !== text), text].slice(-MOST));
}

/** Steps back and forth from the end; null is the line as it was. */
export class Recall {
  constructor(who) {
    this.lines = list(who);
    this.at = this.lines.length;
  }

  step(by) {
    this.at = Math.max(0, Math.min(this.lines.length, this.at + by));
    return this.lines[this.at] ?? "";
  }
}
