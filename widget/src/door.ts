// The chat's only way out: requests to the `webchat` channel of one server. It sends no cookie.

import type { Facts, Message, Turn } from "./contract";

// A turn may take long; the same message id may be sent again without a second turn.
const MOST_MILLISECONDS = 25_000;

/** The server was reached and refused; `message` is for the patient. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    why: string,
  ) {
    super(why);
  }
}

export class Door {
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;}

  facts(): Promise<Facts> {
    return this.#ask("GET", "settings");
  }

  async begin(language: string): Promise<string> {
    return (await this.#ask<{ token: string }>("POST", "conversations", "", { consent: true, language }))
      .token;
  }

  say(token: string, { id, said, button }: Message): Promise<Turn> {
    return this.#ask("POST", "messages", token, button ? { id, button } : { id, text: said });
  }

  after(token: string, number: number): Promise<{ turns: Turn[]; last: number }> {
    return this.#ask("GET", `messages?after=${number}`, token);
  }

  erase(token: string): Promise<void> {
    return this.#ask("DELETE", "conversation", token);
  }

  feedback(token: string, number: number, helped: boolean, reason?: string): Promise<void> {
    return this.#ask("POST", "feedback", token, { number, helped, reason });
  }

  async suggestions(begun: string, signal: AbortSignal): Promise<string[]> {
    const found = await this.#ask<{ suggestions: { text: string }[] }>(
      "POST", "suggestions", "", { typed: begun }, signal);
    return found.suggestions.map(({ text }) => text);
  }

  async #ask<Answer>(
    method: string,
    path: string,
    token = "",
    body?: unknown,
    signal = AbortSignal.timeout(MOST_MILLISECONDS),
  ): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.#server + path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      signal,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    if (answer.status === 204) return undefined as Answer;
    if (answer.status > 499) throw new Error(); // as good as not reached: it is tried again
    const told = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, told.error);
    return told;
  }
}
