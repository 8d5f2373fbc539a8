// How one message looks: bubbles, danger cards, sources, suggested replies, "did this help?".

import type { Button, Message, Phone, Reply, Source, Turn } from "./contract";
import { fill, icon, make } from "./dom";
import { paragraphs, pieces, safe, telephone } from "./markup";
import type { Strings } from "./strings/en";

export const PHONE = "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.57 3.57a1 1 0 0 1-.25 1z";
const WARNING = "M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z";
const UP = "M2 21h4V9H2zM22 10a2 2 0 0 0-2-2h-6.3l.95-4.57v-.32a1.5 1.5 0 0 0-.44-1.06L13.2 1 6.6 7.6A2 2 0 0 0 6 9v10a2 2 0 0 0 2 2h9a2 2 0 0 0 1.84-1.22l3-7.05c.1-.23.16-.47.16-.73z";

/** What a message may ask of the conversation. */
export interface Asked {
  words: Strings;
  language: string;
  /** Of the assistant's own words, which may not be that of the interface. */
  replyLanguage: string;
  press(button: Button): void;
  feedback(turn: number, helped: boolean, reason?: string): Promise<void>;
  say(text: string): void;
}

/** A link; one to a page leaves this one open. */
export function link(words: Strings, href: string, ...content: (string | Node)[]): HTMLAnchorElement {
  const page = href.startsWith("http");
  const shown = make("a", { href: safe(href), ...(page && { target: "_blank", rel: "noopener noreferrer" }) });
  shown.append(...content);
  if (page) shown.append(make("span", { class: "unseen" }, ` (${words.tab})`));
  return shown;
}

export function callButton(words: Strings, { label, number }: Phone): HTMLAnchorElement {
  const called = fill(words.call, { number });
  return make(
    "a",
    { class: "call", href: telephone(number) },
    icon(PHONE),
    make("span", {}, make("b", {}, called), label && make("small", {}, ` ${label}`)),
  );
}

function line(text: string, words: Strings): Node[] {
  return pieces(text).map(({ text: shown, bold, href }) => {
    if (href) return link(words, href, shown);
    return bold ? make("b", {}, shown) : document.createTextNode(shown);
  });
}

/** One paragraph, with its bold words and links. */
export function written(lines: string[], { words, replyLanguage }: Asked): HTMLElement {
  const made = make("p", { dir: "auto", lang: replyLanguage });
  lines.forEach((one, index) => made.append(...(index ? [make("br")] : []), ...line(one, words)));
  return made;
}

function sources(found: Source[], { words, language }: Asked): HTMLElement {
  return make(
    "details",
    {},
    make("summary", {}, make("span", {}, words.source)),
    make(
      "ul",
      {},
      ...found.map(({ document: title, section, publisher, address, reviewed, by }) => {
        const day = new Date(`${reviewed}T12:00`);
        const date = isNaN(+day) ? reviewed : day.toLocaleDateString(language, { dateStyle: "long" });
        return make(
          "li",
          {},
          make("b", {}, title),
          section && make("span", {}, section),
          publisher && make("span", {}, publisher),
          make("span", {}, fill(words.reviewed, { date, by })),
          address && link(words, address, words.open),
        );
      }),
    ),
  );
}

export function suggested(buttons: Button[], { words, replyLanguage, press }: Asked): HTMLElement {
  const shown = make("div", { class: "pills", role: "group", "aria-label": count(buttons, words) });
  for (const one of buttons) {
    shown.append(make("button", { type: "button", lang: replyLanguage, onclick: () => press(one) }, one.title));
  }
  return shown;
}

function count({ length }: Button[], words: Strings): string {
  return length === 1 ? words.suggestedOne : fill(words.suggested, { n: length });
}

function feedback(turn: number, { words, feedback: send, say }: Asked): HTMLElement {
  const row = make("div", { class: "helped", role: "group", "aria-label": words.helped }, make("span", {}, words.helped));
  const form = make("form", { class: "why", hidden: "" });
  const field = make("input", { id: `why-${turn}`, maxlength: 300 });
  const label = make("label", { for: field.id }, words.why);
  form.append(label, field, make("button", {}, words.send));
  const thank = () => {
    form.hidden = true;
    row.append(make("b", {}, words.thanks));
    say(words.thanks);
  };
  const why = () => {
    field.focus();
    form.scrollIntoView({ block: "nearest" });
  };
  const thumbs = [true, false].map((helped) =>
    make(
      "button",
      {
        type: "button",
        class: helped ? "thumb" : "thumb down",
        "aria-label": helped ? words.yes : words.no,
        "aria-pressed": "false",
        onclick: () => {
          thumbs.forEach((one, index) => one.setAttribute("aria-pressed", String(helped === !index)));
          row.querySelector("b")?.remove();
          form.hidden = helped;
          send(turn, helped).then(helped ? thank : why, () => {});
        },
      },
      icon(UP),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    thumbs[1]!.focus();
    send(turn, false, field.value.trim() || undefined).then(thank, () => {});
  });
  row.append(...thumbs);
  return make("div", {}, row, form);
}

/** What the patient said. */
export function patientBubble({ said }: Pick<Message, "said">, words: Strings): HTMLLIElement {
  return make(
    "li",
    { class: "patient" },
    make("span", { class: "unseen" }, `${words.you}: `),
    make("p", { dir: "auto" }, said),
  );
}

/** What the assistant says; a danger stands out, with the numbers to call. */
export function replyBubble(reply: Reply, asked: Asked): HTMLLIElement {
  const { words } = asked;
  const danger = reply.outcome === "safety";
  const text = paragraphs(reply.text).map((lines) => written(lines, asked));
  const calls = reply.phones.length > 0 && [
    make("div", { class: "calls" }, ...reply.phones.map((one) => callButton(words, one))),
  ];
  const bubble = make("div", { class: "bubble" });
  if (danger || calls) {
    const head = make("p", { class: "head" }, icon(WARNING), make("span", {}, danger ? words.help : words.note));
    // A quiet note is the first paragraph; an answer follows it.
    const own = danger ? text.splice(0) : text.splice(0, 1);
    const kind = danger ? "danger" : "danger note";
    bubble.append(make("div", { class: kind }, head, own[0], ...(calls || []), ...own.slice(1)));
  }
  bubble.append(...text);
  if (reply.sources.length) bubble.append(sources(reply.sources, asked));
  return make(
    "li",
    {},
    make("span", { class: "unseen" }, `${words.assistant}: `),
    bubble,
    reply.buttons.length > 0 && suggested(reply.buttons, asked),
  );
}

/** All replies of a turn, one list item each. */
export function replies(turn: Turn, asked: Asked): HTMLLIElement[] {
  const shown = turn.replies.map((one) => replyBubble(one, asked));
  if (turn.replies.some(({ outcome }) => outcome === "answered")) {
    const last = shown.at(-1)!;
    last.insertBefore(feedback(turn.number, asked), last.querySelector(".pills"));
  }
  return shown;
}

/** The replies as they are told to screen readers. */
export function spoken(turn: Turn, shown: HTMLLIElement[], words: Strings): string {
  return turn.replies
    .map(({ buttons }, index) => {
      const read = Array.from(shown[index]!.querySelectorAll(".bubble p"), (one) => one.textContent);
      const offered = buttons.map(({ title }) => title).join(", ");
      return [`${words.assistant}:`, ...read, buttons.length ? `${count(buttons, words)}: ${offered}` : ""].join(" ");
    })
    .join(" ");
}
