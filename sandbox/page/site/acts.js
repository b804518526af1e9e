// Sends the person's actions to the sandbox; a refusal comes back as words.

import { app, place } from "./state.js";

const REFUSALS = {
  account_inactive: "This account is deactivated: it can look at nothing and do nothing.",
  not_in_channel: "You are not in this channel.",
  is_archived: "This channel is archived.",
  message_not_found: "That message is gone.",
  view_not_found: "That window is closed already.",
  view_covered: "Another window lies over this one.",
  too_long: "That is too long for this field.",
  option_not_offered: "That option is no longer offered.",
  interactivity_disabled: "The app's manifest does not enable interactivity.",
  confirm_needed: "This asks for a confirmation first.",
};

let tail = Promise.resolve();

/** Does it after all that was asked before, as a person does one thing after another. */
export function act(verb, body = {}) {
  const who = place.me;
  const turn = tail.then(() => post(who, verb, body));
  tail = turn.catch(() => undefined);
  return turn;
}

/** Does it now: suggestions must not wait for an answer that takes long. */
export function actNow(verb, body = {}) {
  return post(place.me, verb, body);
}

/** `{answer}`, or `{problem}` in words with its `code`. */
async function post(who, verb, body) {
  let response;
  try {
    response = await fetch(`/sandbox/people/${encodeURIComponent(who)}/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { code: "gone", problem: "The sandbox does not answer." };
  }
  const told = await response.json();
  if (response.ok) return { answer: told.answer };
  return { code: told.code, problem: REFUSALS[told.code] ?? `${told.code}: ${told.detail}` };
}

/** Why the app did not take it, for people. */
export function silence(error) {
  const name = app().name;
  if (error === "dispatch_failed") return `${name} is not connected (${error}).`;
  if (error === "operation_timeout") return `${name} did not respond within 3 seconds (${error}).`;
  return `${name} answered with something that Slack does not take (${error}).`;
}
