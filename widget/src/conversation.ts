// One conversation as the patient's browser holds it: what was said, what still has to be sent, and
// the one loop that brings both in line with the server. It knows nothing of how it is shown.
//
// Every message has an id of its own and is sent again with it until a reply comes, so that no cut,
// reload or restart can lose or double it.

import type { Message, Turn } from "./contract";
import { type Door, Refused } from "./door";
import type { Memory } from "./memory";

const MOST_TRIES = 20;
const LONGEST_PAUSE = 4000; // milliseconds
const EXPIRED = 401;
const TOO_MANY = 429;
const NOT_KEPT = 0; // the number of a turn that the server could not write down

/** What has happened, for those who show it. */
export interface Listener {
  changed(): void;
  arrived(turn: Turn): void;
  restored(): void;
  gone(): void;
  refused(message: Message, why: string): void;
}

export class Conversation {
  turns: Turn[] = [];
  unsent: Message[];
  /** "trying" while the server is not reached, "stopped" when the patient has to say "again". */
  trouble: "" | "trying" | "stopped" = "";
  /** Why the server would not take the first unsent message now. */
  why = "";

  #token?: string;
  #synced = false;
  #shown = false;
  #running = false;
  #wake?: () => void;

  readonly #door: Door;
  readonly #memory: Memory;
  readonly #language: string;
  readonly #listener: Listener;

  constructor(
    door: Door,
    memory: Memory,
    language: string,
    listener: Listener,
  ) {
    this.#door = door;
    this.#memory = memory;
    this.#language = language;
    this.#listener = listener;
    const kept = memory.get();
    this.#token = kept.token;
    this.unsent = kept.unsent ?? [];
  }

  get begun(): boolean {
    return !!this.#token;
  }

  get waiting(): boolean {
    return this.#running && this.unsent.length > 0 && !this.trouble;
  }

  /** Begin: the patient has agreed. */
  async begin(): Promise<void> {
    this.#token = await this.#door.begin(this.#language);
    this.#synced = this.#shown = true;
    this.#keep();
  }

  say(said: string, button?: string): void {
    this.unsent.push({ id: crypto.randomUUID?.() ?? randomId(), said, button });
    this.#keep();
    this.again();
  }

  /** Look for what was said in another tab. */
  look(): void {
    if (!this.#token || this.#running) return;
    this.#synced = false;
    this.again();
  }

  /** Try at once what waits. */
  again(): void {
    this.#wake?.();
    void this.#work();
  }

  feedback(number: number, helped: boolean, reason?: string): Promise<void> {
    return this.#door.feedback(this.#token!, number, helped, reason);
  }

  /** Erase it here and on the server; throws when the server still keeps it. */
  async erase(): Promise<void> {
    try {
      if (this.#token) await this.#door.erase(this.#token);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== EXPIRED) throw error;
    }
    this.#token = undefined;
    this.#clear();
    this.unsent = [];
    this.#keep();
  }

  #clear(): void {
    this.turns = [];
    this.trouble = this.why = "";
  }

  #keep(): void {
    this.#memory.set({ token: this.#token, unsent: this.unsent });
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.trouble = this.why = "";
    this.#listener.changed();
    for (let tries = 0; this.unsent.length || (this.#token && !this.#synced); ) {
      try {
        await this.#step();
        tries = 0;
        this.trouble = "";
      } catch (error) {
        if (error instanceof Refused) {
          if (this.#refused(error)) break;
        } else if (++tries < MOST_TRIES) {
          if (tries > 1) this.trouble = "trying"; // one cut is not worth a word
          this.#listener.changed();
          await this.#pause(tries);
        } else {
          this.trouble = "stopped";
          break;
        }
      }
    }
    this.#running = false;
    this.#listener.changed();
  }

  /** One request. */
  async #step(): Promise<void> {
    const token = this.#token;
    if (!token) return this.begin(); // the patient agreed before; the server has lost that chat
    if (this.#synced) {
      const turn = await this.#door.say(token, this.unsent[0]!);
      if (!turn.number) throw new Refused(NOT_KEPT, turn.replies.map(({ text }) => text).join("\n\n"));
      if (token === this.#token) this.#take([turn], turn.number);
      return;
    }
    const { turns, last } = await this.#door.after(token, this.#last);
    if (token !== this.#token) return;
    if (last < this.#last) this.#lose(); // it was erased in another tab
    this.#synced = true;
    this.#take(turns, last);
    if (!this.#shown && this.turns.length) this.#listener.restored();
    this.#shown = true;
  }

  /** Whether the loop has to stop. */
  #refused(refusal: Refused): boolean {
    const message = this.unsent[0];
    if (refusal.status === EXPIRED && this.#token) {
      this.#lose();
      this.#token = undefined;
      this.#keep();
      return false;
    }
    this.why = refusal.message;
    this.trouble = "stopped";
    if ([TOO_MANY, NOT_KEPT].includes(refusal.status) || !message || !this.#synced) return true;
    this.trouble = this.why = "";
    this.unsent.shift();
    this.#keep();
    this.#listener.refused(message, refusal.message);
    return false;
  }

  #lose(): void {
    const known = this.turns.length > 0 || !this.#shown;
    this.#clear();
    if (known) this.#listener.gone();
  }

  get #last(): number {
    return this.turns.at(-1)?.number ?? 0;
  }

  #take(turns: Turn[], last: number): void {
    for (const turn of turns) {
      // "Forget me" was said: what comes after it is a new conversation.
      if (turn.number <= this.#last && !this.turns.some(({ id }) => id === turn.id)) this.#clear();
      if (turn.number > this.#last + 1 && turns.length === 1 && this.#synced && this.#shown) {
        this.#synced = false; // another tab has said something in between: fetch that first
        return;
      }
      this.unsent = this.unsent.filter(({ id }) => id !== turn.id);
      if (this.turns.some(({ id }) => id === turn.id)) continue;
      this.turns.push(turn);
      if (this.#shown) this.#listener.arrived(turn);
    }
    this.#keep();
  }

  #pause(tries: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(LONGEST_PAUSE, 250 * 2 ** tries));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Where the page is not on https, `crypto.randomUUID` is missing. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) =>
    one.toString(16).padStart(2, "0"),
  ).join("");
}
