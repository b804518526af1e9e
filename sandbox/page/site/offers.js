// The options of a menu: of the message, people, channels, or found by the app for the typed text.

import { actNow, silence } from "./acts.js";
import { channels, people } from "./state.js";

const plainOption = (text, value) => ({ text: { type: "plain_text", text }, value });

/** All that can be picked without asking the app. */
export function offered(element) {
  if (element.type.includes("users")) return people().filter((one) => !one.bot).map((one) => plainOption(one.name, one.id));
  if (element.type.includes("channels")) return channels().filter((one) => !one.im).map((one) => plainOption(`#${one.name}`, one.id));
  return element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
}

export function matching(element, query) {
  const wanted = query.trim().toLowerCase();
  return offered(element).filter((option) => option.text.text.toLowerCase().includes(wanted));
}

export const isExternal = (element) => element.type.includes("external");

/** How many more letters the app wants to see before it is asked. */
export const lettersMissing = (element, query) => Math.max(0, (element.min_query_length ?? 3) - query.length);

/** `{options, problem}` of the app's answer. */
export async function suggested({ surface, block, element }, query) {
  const asked = { ...surface.where, block_id: block.block_id, action_id: element.action_id, query };
  const { answer, problem } = await actNow("suggest", asked);
  return { options: answer?.options ?? [], problem: problem ?? (answer.error ? silence(answer.error) : null) };
}
