// What a reload and the clinic's next page must still know. It lies in this tab's session storage,
// goes away with the tab, and is only in memory where the browser forbids storage.

import type { Message } from "./contract";

export interface Kept {
  token?: string;
  unsent?: Message[];
  draft?: string;
  open?: string; // the page on which the chat stands open
  plain?: boolean; // no questions are suggested while typing
}

export class Memory {
  #kept: Kept = {};
  readonly #key: string;

  constructor(server: string) {
    this.#key = `scar-chat ${server}`;
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(this.#key) || "{}");
    } catch {
      // storage is forbidden, or holds what is not ours
    }
  }

  get(): Kept {
    return this.#kept;
  }

  set(changes: Kept): void {
    Object.assign(this.#kept, changes);
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(this.#kept));
    } catch {
      // then it lives as long as the page
    }
  }
}
