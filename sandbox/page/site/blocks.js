// Block Kit as it looks. A surface is where blocks are shown: `where` for the sandbox, `state` of what was entered.

import { control } from "./controls.js";
import { el, reconcile } from "./dom.js";
import { mrkdwn, plain, textOf } from "./mrkdwn.js";
import { labelled } from "./fields.js";

const BLOCKS = {
  header: (block) => el("h2", { class: "block header" }, plain(block.text.text)),
  divider: () => el("hr", { class: "block divider" }),
  context: (block) => el("div", { class: "block context" }, block.elements.map(contextItem)),
  section,
  actions: (block, surface) =>
    el("div", { class: "block actions", role: "group" }, block.elements.map((element) => control(surface, block, element))),
  input: labelled,
  image: (block) => el("figure", { class: "block image" }, picture(block), block.title && el("figcaption", {}, textOf(block.title))),
  markdown: (block) => el("div", { class: "block section" }, mrkdwn(block.text)),
};

/** Shows the blocks, and leaves alone those that stay as they are. */
export function drawBlocks(parent, blocks, surface) {
  const items = blocks.map((block) => ({
    key: block.block_id,
    signature: JSON.stringify(block),
    make: () => BLOCKS[block.type]?.(block, surface) ?? el("p", { class: "block unknown" }, `A block of type ${block.type}.`),
  }));
  reconcile(parent, items);
}

function section(block, surface) {
  const fields = block.fields?.map((field) => el("div", { class: "field" }, textOf(field)));
  return el(
    "div",
    { class: block.accessory ? "block section with-accessory" : "block section" },
    el("div", { class: "said" }, block.text && textOf(block.text), fields && el("div", { class: "fields" }, fields)),
    block.accessory && el("div", { class: "accessory" }, accessory(block, surface)),
  );
}

const accessory = (block, surface) =>
  block.accessory.type === "image" ? picture(block.accessory) : control(surface, block, block.accessory);

const contextItem = (item) => (item.type === "image" ? picture(item) : el("div", { class: "context-item" }, textOf(item)));

/** Pictures of the app would be fetched from elsewhere: the sandbox asks no other server. */
function picture(image) {
  return el("span", { class: "picture", title: image.image_url }, image.alt_text);
}
