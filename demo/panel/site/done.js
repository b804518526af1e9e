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
    this.closed = fits && kept.closed;
    this.open = fits ? kept.open : null;
  }

  has(story, index) {
    return this.steps.has(`${story.key}/${index}`);
  }

  whole(story) {
    return story.steps.every((_, index) => this.has(story, index));
  }

  /** Ticks every step that this entry stands for; true where there was one. */
  saw(entry) {
    const before = this.steps.size;
    for (const story of this.stories)
      for (const [index, { sign }] of story.steps.entries()) if (this.#fits(story, sign, entry)) this.#tick(story, index, entry);
    return this.steps.size > before;
  }

  keep() {
    try {
      const { start, requests, closed, open } = this;
      sessionStorage.setItem(KEY, JSON.stringify({ start, steps: [...this.steps], requests, closed, open }));
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
    if (index === 0) this.requests[story.key] = entry.request;
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
