// The open list of a menu, and which of its options the keyboard is at.

import { el } from "./dom.js";
import { openUnder, optionNode, popup, shut } from "./listbox.js";

export class OptionList {
  constructor(label, take) {
    this.node = popup("listbox", label);
    this.take = take;
    this.options = [];
    this.at = -1;
  }

  get open() {
    return this.node.matches(":popover-open");
  }

  /** The option that Enter takes, or none. */
  get active() {
    return this.options[this.at];
  }

  /** `otherwise` is said where there is nothing; the first of the picked ones is gone to. */
  show(anchor, options, picked, otherwise) {
    this.options = options;
    const isPicked = (option) => picked.some((one) => one.value === option.value);
    const nodes = options.map((option) => {
      const node = optionNode(option, "option", this.take);
      node.setAttribute("aria-selected", String(isPicked(option)));
      return node;
    });
    if (!nodes.length) nodes.push(el("div", { class: "nothing", role: "status" }, otherwise));
    this.node.replaceChildren(...nodes);
    openUnder(anchor, this.node);
    this.at = -1;
    this.go(Math.max(0, options.findIndex(isPicked)));
  }

  /** Round and round. */
  go(index) {
    this.node.children[this.at]?.classList.remove("active");
    this.at = this.options.length ? (index + this.options.length) % this.options.length : -1;
    const node = this.at >= 0 ? this.node.children[this.at] : null;
    node?.classList.add("active");
    node?.scrollIntoView({ block: "nearest" });
  }

  get activeId() {
    return this.at >= 0 ? this.node.children[this.at].id : null;
  }

  shut() {
    shut(this.node);
  }
}
