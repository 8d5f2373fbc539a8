// Where the patient types: one field, and under way the vetted questions that match, as the ARIA
// pattern of an editable combobox with a list.

import type { Door } from "./door";
import { icon, make } from "./dom";
import type { Memory } from "./memory";
import type { Strings } from "./strings/en";

const LEAST_LETTERS = 3;
const PAUSE = 180; // milliseconds after the last letter
const ARROW = "M3 11.5 21 3l-5 18-4.5-7.5zM11.5 13.5 21 3";

export class Composer {
  readonly form: HTMLFormElement;
  readonly input: HTMLInputElement;
  /** Whether questions are suggested while typing. */
  suggests = true;
  readonly #list: HTMLUListElement;
  #chosen = -1;
  #timer = 0;
  #request?: AbortController;

  readonly #door: Door;
  readonly #memory: Memory;
  readonly #say: (text: string) => void;

  constructor(words: Strings, door: Door, memory: Memory, say: (text: string) => void) {
    this.#door = door;
    this.#memory = memory;
    this.#say = say;
    this.#list = make("ul", { id: "matches", role: "listbox", "aria-label": words.matches, hidden: "" });
    this.input = make("input", {
      id: "input",
      type: "text",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "matches",
      "aria-expanded": "false",
      "aria-label": words.input,
      placeholder: words.hint,
      maxlength: 1000,
      autocomplete: "off",
      enterkeyhint: "send",
      oninput: () => this.#typed(),
      onkeydown: (event: KeyboardEvent) => this.#pressed(event),
      onblur: () => this.close(),
    });
    this.input.value = memory.get().draft ?? "";
    this.form = make(
      "form",
      {
        onsubmit: (event: Event) => {
          event.preventDefault();
          this.#send(this.input.value.trim());
        },
      },
      this.#list,
      this.input,
      make("button", { class: "send", "aria-label": words.send }, icon(ARROW)),
    );
  }

  /** Put words that were not taken back, unless something else was begun. */
  put(text: string): void {
    if (!this.input.value) this.input.value = text;
  }

  /** Forget what was begun. */
  clear(): void {
    this.input.value = "";
    this.#memory.set({ draft: "" });
  }

  /** Close the list of questions. */
  close(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#list.hidden = true;
    this.#choose(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  #send(text: string): void {
    this.close();
    this.input.focus();
    if (!text) return;
    this.clear();
    this.#say(text);
  }

  #typed(): void {
    this.close();
    const begun = this.input.value.trim();
    this.#memory.set({ draft: this.input.value });
    if (begun.length < LEAST_LETTERS || !this.suggests) return;
    this.#timer = window.setTimeout(() => void this.#look(begun), PAUSE);
  }

  async #look(begun: string): Promise<void> {
    this.#request = new AbortController();
    try {
      const found = await this.#door.suggestions(begun, this.#request.signal);
      if (found.length && this.input.value.trim() === begun) this.#show(found);
    } catch {
      // typing goes on without them
    }
  }

  #show(found: string[]): void {
    this.#list.replaceChildren(
      ...found.map((text, index) =>
        make(
          "li",
          {
            id: `match-${index}`,
            role: "option",
            "aria-selected": "false",
            onmousedown: (event: Event) => event.preventDefault(), // the field keeps the focus
            onclick: () => this.#send(text),
          },
          text,
        ),
      ),
    );
    this.#list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #choose(index: number): void {
    this.#chosen = index;
    Array.from(this.#list.children).forEach((one, at) => {
      one.setAttribute("aria-selected", String(at === index));
      if (at === index) one.scrollIntoView({ block: "nearest" });
    });
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `match-${index}`);
  }

  #pressed(event: KeyboardEvent): void {
    if (this.#list.hidden || event.isComposing) return;
    const many = this.#list.children.length;
    if (event.key === "ArrowDown") this.#choose(this.#chosen + 1 < many ? this.#chosen + 1 : -1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen < 0 ? many - 1 : this.#chosen - 1);
    else if (event.key === "Enter" && this.#chosen >= 0) {
      this.#send(this.#list.children[this.#chosen]!.textContent!);
    } else if (event.key === "Escape") {
      this.close();
      event.stopPropagation(); // the next one closes the chat
    } else return;
    event.preventDefault();
  }
}
