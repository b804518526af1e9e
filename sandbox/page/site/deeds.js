// Runs the action of an element: confirms if required, waits, and shows what went wrong.

import { act, silence } from "./acts.js";
import { confirmed } from "./confirm.js";
import { place } from "./state.js";
import { flush } from "./typed.js";

/** Whether it was done: the person agreed and the app took it. */
export async function deed({ surface, block, element }, verb, body, busy) {
  const who = place.me;
  if (element.confirm && !(await confirmed(element.confirm))) return false;
  if (place.me !== who) return false; // what one person began is not done as another
  flush();
  surface.problem(null);
  busy?.classList.add("busy");
  busy?.setAttribute("aria-busy", "true");
  const asked = { ...surface.where, block_id: block.block_id, action_id: element.action_id, confirmed: true, ...body };
  const { answer, problem } = await act(verb, asked);
  busy?.classList.remove("busy");
  busy?.removeAttribute("aria-busy");
  const wrong = problem ?? (answer?.error ? silence(answer.error) : null);
  if (wrong) surface.problem(wrong);
  return !wrong;
}

/** What stands in the element now: what this window entered last, or what the sandbox knows. */
export function entered({ surface, block, element, key }) {
  return surface.local.get(key) ?? surface.state()?.[block.block_id]?.[element.action_id] ?? {};
}
