// The chat's options behind one button: plain buttons in a panel, with a question before anything
// is erased.

import { icon, make } from "./dom";
import type { Strings } from "./strings/en";

const DOTS =
  "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z";

/** One option: what stands on it, what it does, and what is asked before. */
export interface Option {
  label: string;
  act(): void;
  sure?: string;
  /** An option that is on or off. */
  on?: boolean;
}

export class Menu {
  readonly button: HTMLButtonElement;
  readonly box = make("div", { class: "menu", id: "menu", hidden: "" });
  readonly #words: Strings;
  readonly #options: () => Option[];

  constructor(words: Strings, options: () => Option[]) {
    this.#words = words;
    this.#options = options;
    this.button = make(
      "button",
      {
        class: "round",
        type: "button",
        "aria-label": words.menu,
        "aria-expanded": "false",
        "aria-controls": "menu",
        onclick: () => (this.box.hidden ? this.#show() : this.close()),
      },
      icon(DOTS),
    );
  }

  /** Whether it was open. */
  close(): boolean {
    const open = !this.box.hidden;
    this.box.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (open) this.button.focus();
    return open;
  }

  #show(): void {
    this.box.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#fill(...this.#options().map((one) => this.#item(one)));
  }

  #item({ label, act, sure, on }: Option): HTMLButtonElement {
    const chosen = () => (sure ? this.#ask(sure, act) : (this.close(), act()));
    const pressed = on === undefined ? undefined : String(on);
    return make("button", { type: "button", "aria-pressed": pressed, onclick: chosen }, label);
  }

  #ask(question: string, act: () => void): void {
    this.#fill(
      make("p", { id: "sure" }, question),
      this.#item({ label: this.#words.sure, act }),
      this.#item({ label: this.#words.keep, act() {} }),
    );
    for (const one of this.box.querySelectorAll("button")) one.setAttribute("aria-describedby", "sure");
  }

  #fill(...items: HTMLElement[]): void {
    this.box.replaceChildren(...items);
    this.box.querySelector("button")?.focus();
  }
}
