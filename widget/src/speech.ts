// Tells screen readers what is new: one polite region, each message put in it once.

import { make } from "./dom";

const KEPT = 8000; // milliseconds; then it is only in the list of messages

export class Speech {
  readonly region = make("div", { class: "unseen", "aria-live": "polite" });

  say(...parts: string[]): void {
    const line = make("p", {}, parts.filter(Boolean).join(" "));
    this.region.append(line);
    setTimeout(() => line.remove(), KEPT);
  }
}
