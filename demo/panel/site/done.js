// Which steps are done, kept while this start of the demo runs: the ledger ticks them.

const KEY = "demo/steps";

/** Of one start of the demo. `requests`: by story the request that its first step made. */
export class Done {
  constructor(start, stories) {
    const kept = read();
    const fits = kept?.start === start;
    this.start = start;
    this.stories = stories;
    this.steps = new Set(fits ? kept.steps : []);
    this.requests = fits ? kept.requests : {};
    this.logins = new Set(fits ? kept.logins : []);
    this.missed = fits ? kept.missed : [];
    this.closed = fits && kept.closed;
    this.open = fits ? kept.open : null;
  }

  has(story, index) {
    return this.steps.has(`${story.key}/${index}`);
  }

  whole(story) {
    return story.steps.every((_, index) => this.has(story, index));
  }

  /** Ticks every step that this entry stands for; true where something changed. */
  saw(entry) {
    let changed = false;
    for (const story of this.stories)
      for (const [index, step] of story.steps.entries())
        if (this.#fits(story, step.sign, entry)) {
          if (step.connected && !this.logins.has(entry.login)) this.#miss(story, index);
          else this.#tick(story, index, entry);
          changed = true;
        }
    return changed;
  }

  /** A session opened here with this login. */
  connected(login) {
    this.logins.add(login);
  }

  /** Whether the grant of the story ended before its login was used, and it was not asked for again. */
  isMissed(story) {
    return this.missed.includes(story.key);
  }

  keep() {
    try {
      const { start, requests, missed, closed, open } = this;
      sessionStorage.setItem(KEY, JSON.stringify({ start, steps: [...this.steps], logins: [...this.logins], requests, missed, closed, open }));
    } catch {
      // Kept for this view only.
    }
  }

  #fits(story, sign, entry) {
    const { same, ...fields } = sign;
    if (same && entry.request !== this.requests[story.key]) return false;
    return Object.entries(fields).every(([name, value]) => entry[name] === value);
  }

  #tick(story, index, entry) {
    this.steps.add(`${story.key}/${index}`);
    if (index > 0) return;
    this.requests[story.key] = entry.request;
    this.missed = this.missed.filter((key) => key !== story.key);
  }

  /** The story begins again, unless the step was done with an earlier grant. */
  #miss(story, index) {
    if (this.has(story, index)) return;
    for (const at of story.steps.keys()) this.steps.delete(`${story.key}/${at}`);
    if (!this.isMissed(story)) this.missed.push(story.key);
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
