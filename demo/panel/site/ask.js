// Everything the page asks of the demo, with the token of this start.

import { about } from "./dom.js";

export const desk = crypto.randomUUID();

/** The answer of the demo; throws an Error with a message for people. */
export async function ask(path, values = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Demo-Token": about("token") },
      body: JSON.stringify({ desk, ...values }),
    });
  } catch {
    throw new Error("The demo does not answer. Was it stopped?");
  }
  const said = await answer.json().catch(() => ({ refused: `The demo answered ${answer.status}.` }));
  if (!answer.ok) throw new Error(said.refused);
  return said;
}
