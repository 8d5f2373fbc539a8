// The first thing a patient sees: who answers here, what to do in an emergency, and what is kept.

import type { Facts } from "./contract";
import { fill, make } from "./dom";
import { telephone } from "./markup";
import { link } from "./messages";
import type { Strings } from "./strings/en";

/** A sentence whose {number} can be tapped. */
export function dialed(sentence: string, number: string): (Node | string)[] {
  const [before = "", after = ""] = sentence.split("{number}");
  return [before, make("a", { href: telephone(number) }, number), after];
}

export function opening(facts: Facts, words: Strings, agree: () => void): HTMLElement {
  const { clinic, emergency, crisis, privacy, demo, keep_days: days } = facts;
  return make(
    "div",
    { class: "opening" },
    make("h3", { tabindex: -1 }, words.hello),
    make("p", {}, fill(words.who, { clinic })),
    make(
      "div",
      { class: "urgent" },
      make("p", {}, ...dialed(words.urgent, emergency.number)),
      make("p", {}, ...dialed(words.crisis, crisis.number)),
    ),
    make("p", {}, fill(words.consent, { days }), " ", link(words, privacy, words.privacy)),
    demo && make("p", { class: "demo" }, words.demo),
    make("button", { class: "main", type: "button", onclick: agree }, words.agree),
  );
}
