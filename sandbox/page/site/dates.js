// Times as this person reads them: in the time zone of their profile, not of the machine.

import { me } from "./state.js";

const formats = new Map();

function formatted(options, seconds) {
  const timeZone = me()?.tz ?? "UTC";
  const key = timeZone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone, ...options }));
  return formats.get(key).format(new Date(seconds * 1000));
}

export const clock = (seconds) => formatted({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, seconds);
const clockSeconds = (seconds) => formatted({ timeStyle: "medium", hourCycle: "h23" }, seconds);
const numeric = (seconds) => formatted({ year: "numeric", month: "2-digit", day: "2-digit" }, seconds).split("/").reverse().join("-");
const long = (seconds) => formatted({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, seconds);
const middle = (seconds) => formatted({ day: "numeric", month: "long", year: "numeric" }, seconds);
const short = (seconds) => formatted({ day: "numeric", month: "short", year: "numeric" }, seconds);

/** One word for each day, to tell days apart. */
export const dayOf = numeric;

/** yesterday, today or tomorrow, or nothing. */
function near(seconds) {
  const now = Date.now() / 1000;
  const day = 86_400;
  for (const [word, offset] of [["today", 0], ["yesterday", -day], ["tomorrow", day]]) {
    if (numeric(seconds) === numeric(now + offset)) return word;
  }
  return null;
}

export const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** The line between two days. */
export const dayLine = (seconds) => (near(seconds) ? capital(near(seconds)) : long(seconds));

/** A point in time, all of it, for a tooltip. */
export const whole = (seconds) => `${long(seconds)} at ${clockSeconds(seconds)}`;

/** A `<!date^…>` of a message. */
export function token(seconds, format) {
  const words = {
    "{date_num}": () => numeric(seconds),
    "{date}": () => middle(seconds),
    "{date_short}": () => short(seconds),
    "{date_long}": () => long(seconds),
    "{date_pretty}": () => near(seconds) ?? middle(seconds),
    "{date_short_pretty}": () => near(seconds) ?? short(seconds),
    "{date_long_pretty}": () => near(seconds) ?? long(seconds),
    "{time}": () => clock(seconds),
    "{time_secs}": () => clockSeconds(seconds),
    "{ago}": () => ago(seconds),
  };
  return format.replace(/\{[a-z_]+\}/g, (name) => words[name]?.() ?? name);
}

function ago(seconds) {
  const past = Date.now() / 1000 - seconds;
  const [size, unit] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [0, "second"]].find(([least]) => Math.abs(past) >= least);
  const count = Math.round(past / Math.max(size, 1));
  return new Intl.RelativeTimeFormat("en").format(-count, unit);
}
