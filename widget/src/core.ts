// The chat that opens: its frame, and what goes on between conversation, messages and composer.

import { Composer } from "./composer";
import type { Facts, Message, Turn } from "./contract";
import { Conversation } from "./conversation";
import { fill, icon, make, style } from "./dom";
import { Door } from "./door";
import type { Chat, Frame } from "./element";
import { paragraphs, telephone } from "./markup";
import { Menu, type Option } from "./menu";
import { type Asked, link, patientBubble, PHONE, replies, spoken, suggested, written } from "./messages";
import { Modal } from "./modal";
import { dialed, opening } from "./opening";
import { Speech } from "./speech";
import css from "./styles/chat.css?inline";
import { download, plain, print, transcript } from "./transcript";

const CROSS =
  "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z";
const PLUS = "M10 4h4v6h6v4h-6v6h-4v-6H4v-4h6z";
const DAY = "M7 2h2v2h6V2h2v2h3v17H4V4h3zm11 8H6v9h12z";
const ROOM = 12; // pixels above a message that is scrolled to

/** Fetch what the clinic tells everybody, and build the chat, still closed. */
export async function build(frame: Frame): Promise<Chat> {
  const door = new Door(frame.server);
  const facts = await door.facts();
  if (frame.clinic) facts.clinic = frame.clinic;
  return new Panel(frame, door, facts);
}

class Panel implements Chat {
  readonly #frame: Frame;
  readonly #facts: Facts;
  readonly #conversation: Conversation;
  readonly #composer: Composer;
  readonly #menu: Menu;
  readonly #modal: Modal;
  readonly #speech = new Speech();
  readonly #asked: Asked;
  readonly #panel: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #first = make("div");
  readonly #list: HTMLOListElement;
  readonly #typing: HTMLElement;
  readonly #notice = make("div", { class: "notice", hidden: "" });
  readonly #items = new Map<string, HTMLLIElement[]>();
  #told = ""; // the notice that stands there

  constructor(frame: Frame, door: Door, facts: Facts) {
    const { strings: words, language, memory } = frame;
    this.#frame = frame;
    this.#facts = facts;
    this.#conversation = new Conversation(door, memory, language, {
      changed: () => this.#changed(),
      arrived: (turn) => this.#arrived(turn),
      restored: () => this.#restored(),
      gone: () => this.#gone(),
      refused: (message, why) => this.#refused(message, why),
    });
    this.#asked = {
      words,
      language,
      replyLanguage: facts.language,
      press: ({ title, id }) => this.#say(title, id),
      feedback: (turn, helped, reason) => this.#conversation.feedback(turn, helped, reason),
      say: (text) => this.#speech.say(text),
    };
    this.#composer = new Composer(words, door, memory, (text) => this.#say(text));
    this.#composer.suggests = frame.suggestions && !memory.get().plain;
    this.#menu = new Menu(words, () => this.#options());
    this.#list = make("ol", { "aria-label": words.messages });
    this.#typing = make("div", { class: "typing", hidden: "" }, make("i"), make("i"), make("i"));
    this.#typing.append(make("span", {}, words.typing));
    this.#scroller = make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": words.messages },
      this.#first,
      this.#list,
      this.#typing,
    );
    this.#panel = this.#built();
    this.#modal = new Modal(frame.host, this.#panel);
    style(frame.root, css);
    frame.dock.append(this.#panel);
    this.#begin();
    document.addEventListener("visibilitychange", this.#look);
    addEventListener("online", this.#online);
    addEventListener("offline", this.#online);
  }

  open(byPatient: boolean): void {
    const { host, memory, shown } = this.#frame;
    this.#panel.hidden = false;
    shown(true);
    this.#modal.show(true);
    memory.set({ open: location.pathname });
    host.dispatchEvent(new CustomEvent("scar-chat-open"));
    this.#look();
    this.#toEnd();
    if (byPatient) this.#focus();
  }

  close(): void {
    const { host, memory, shown } = this.#frame;
    if (this.#panel.hidden) return;
    this.#modal.show(false);
    shown(false, this.#conversation.begun ? "again" : "title");
    this.#panel.hidden = true;
    memory.set({ open: "" });
    host.dispatchEvent(new CustomEvent("scar-chat-close"));
  }

  leave(): void {
    this.#modal.leave();
    document.removeEventListener("visibilitychange", this.#look);
    removeEventListener("online", this.#online);
    removeEventListener("offline", this.#online);
  }

  // The frame

  #built(): HTMLElement {
    const { strings: words, title } = this.#frame;
    const { clinic, emergency } = this.#facts;
    const panel = make(
      "div",
      { class: "panel", role: "dialog", "aria-labelledby": "title", "aria-describedby": "role", hidden: "" },
      make(
        "header",
        {},
        make("span", { class: "mark" }, icon(PLUS)),
        make(
          "div",
          {},
          make("h2", { id: "title" }, title),
          make("p", { id: "role" }, make("b", {}, words.role), make("span", {}, clinic)),
        ),
        this.#menu.button,
        this.#button("round", words.close, CROSS, () => this.close()),
        this.#menu.box,
      ),
      this.#people(),
      this.#scroller,
      this.#notice,
      this.#composer.form,
      make("p", { class: "foot" }, ...dialed(words.urgent, emergency.number)),
      this.#speech.region,
    );
    panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.#menu.close()) this.close();
    });
    return panel;
  }

  /** Always there: how to reach a human being. */
  #people(): HTMLElement {
    const { strings: words } = this.#frame;
    const { phone, booking } = this.#facts;
    const called = fill(words.call, { number: phone });
    return make(
      "div",
      { class: "people", role: "group", "aria-label": words.people },
      make("a", { href: telephone(phone), "aria-label": called }, icon(PHONE), make("span", {}, phone)),
      link(words, booking, icon(DAY), make("span", {}, words.book)),
    );
  }

  #button(kind: string, label: string, path: string, act: () => void): HTMLButtonElement {
    return make("button", { class: kind, type: "button", "aria-label": label, onclick: act }, icon(path));
  }

  #options(): Option[] {
    const { strings: words, suggestions, memory, title, language } = this.#frame;
    const { begun, turns } = this.#conversation;
    const text = () => transcript(turns, this.#facts, language, words);
    const typed: Option = {
      label: words.suggest,
      on: this.#composer.suggests,
      act: () => {
        memory.set({ plain: this.#composer.suggests });
        this.#composer.suggests = !this.#composer.suggests;
      },
    };
    const kept: Option[] = [
      { label: words.download, act: () => download(text()) },
      { label: words.print, act: () => print(text(), title) },
      { label: words.over, sure: words.overSure, act: () => void this.#erase(true) },
      { label: words.end, sure: words.endSure, act: () => void this.#erase(false) },
    ];
    return [...(suggestions ? [typed] : []), ...(begun ? kept : [])];
  }

  #focus(): void {
    // On a touch screen the field would bring up the keyboard, over what there is to read.
    const typing = this.#conversation.begun && matchMedia("(pointer: fine)").matches;
    const heading = this.#first.querySelector<HTMLElement>("[tabindex]");
    (typing ? this.#composer.input : (heading ?? this.#scroller)).focus();
  }

  // Its states

  /** Before the patient has agreed: who it is; after it: the first questions. */
  #begin(): void {
    const { strings: words } = this.#frame;
    const { begun } = this.#conversation;
    this.#composer.form.hidden = !begun;
    this.#panel.classList.toggle("begun", begun);
    const starters = this.#facts.starters.map((title) => ({ id: "", title }));
    this.#first.replaceChildren(
      begun
        ? make(
            "div",
            { class: "greeting" },
            make("div", { class: "bubble" }, make("p", {}, words.greeting)),
            starters.length > 0 && suggested(starters, this.#asked),
          )
        : opening(this.#facts, words, () => void this.#agree()),
    );
  }

  async #agree(): Promise<void> {
    const { strings: words } = this.#frame;
    if (this.#told === words.starting) return;
    this.#tell(words.starting);
    try {
      await this.#conversation.begin();
    } catch (error) {
      return this.#tell((error as Error).message || words.down);
    }
    this.#tell("");
    this.#begin();
    this.#focus();
    const titles = this.#facts.starters.join(", ");
    this.#speech.say(words.greeting, titles);
  }

  async #erase(again: boolean): Promise<void> {
    const { strings: words } = this.#frame;
    try {
      await this.#conversation.erase();
    } catch {
      return this.#tell(words.notErased);
    }
    this.#composer.clear();
    this.#changed();
    if (again) return this.#agree();
    this.#begin();
    this.#first.prepend(make("p", { class: "ended", tabindex: -1 }, words.ended));
    this.#speech.say(words.ended);
    this.#focus();
  }

  #say(said: string, button?: string): void {
    this.#tell("");
    this.#conversation.say(said, button || undefined);
    this.#toEnd();
    if (matchMedia("(pointer: fine)").matches) this.#composer.input.focus();
  }

  // What the conversation tells

  #changed(): void {
    const { strings: words } = this.#frame;
    const { turns, unsent, trouble, why, waiting, begun } = this.#conversation;
    const shown = new Set([...turns, ...unsent].map(({ id }) => id));
    for (const [id, items] of this.#items) {
      if (shown.has(id)) continue;
      for (const one of items) one.remove();
      this.#items.delete(id);
    }
    this.#place([...turns, ...unsent]);
    for (const one of unsent) this.#items.get(one.id)![0]!.classList.toggle("unsent", !!trouble);
    this.#typing.hidden = !waiting;
    if (waiting) this.#toEnd();
    if (begun === this.#composer.form.hidden) this.#begin();
    if (trouble === "stopped") this.#tell(why || words.unsent, words.retry);
    else if (trouble) this.#tell(navigator.onLine ? words.unreachable : words.offline, words.tryNow);
    else if ([words.unreachable, words.offline].includes(this.#told)) {
      this.#tell("");
      this.#speech.say(words.back);
    }
  }

  /** Put messages and replies in their order; what stands there already is not touched. */
  #place(all: (Message | Turn)[]): void {
    let place = 0;
    for (const one of all) {
      const items = this.#items.get(one.id) ?? [patientBubble(one, this.#frame.strings)];
      if ("replies" in one && items.length === 1) items.push(...replies(one, this.#asked));
      this.#items.set(one.id, items);
      for (const item of items) {
        const there = this.#list.children[place++];
        if (there === item) continue;
        item.classList.toggle("new", !item.isConnected && !this.#panel.hidden);
        this.#list.insertBefore(item, there ?? null);
      }
    }
  }

  #arrived(turn: Turn): void {
    const { turns, unsent } = this.#conversation;
    this.#typing.hidden = true;
    this.#place([...turns, ...unsent]);
    const items = this.#items.get(turn.id)!;
    this.#speech.say(spoken(turn, items.slice(1), this.#frame.strings));
    this.#reveal(items);
    if (this.#panel.hidden) this.#frame.shown(false, "news");
  }

  #restored(): void {
    const { turns } = this.#conversation;
    this.#changed();
    this.#toEnd();
    this.#speech.say(fill(this.#frame.strings.restored, { n: turns.length }));
  }

  #gone(): void {
    this.#tell(this.#frame.strings.gone);
  }

  #refused({ said }: Message, why: string): void {
    this.#composer.put(said);
    this.#tell(why);
  }

  /** A line above the field; told to screen readers when it is new. */
  #tell(text: string, action?: string): void {
    if (text === this.#told) return;
    const box = this.#box();
    const atEnd = box.scrollTop + box.clientHeight > box.scrollHeight - 2 * ROOM;
    this.#told = text;
    this.#notice.hidden = !text;
    const lines = paragraphs(text).map((one) => written(one, this.#asked));
    this.#notice.replaceChildren(make("div", {}, ...lines));
    if (action) {
      const again = () => this.#conversation.again();
      this.#notice.append(make("button", { type: "button", onclick: again }, action));
    }
    if (atEnd) this.#toEnd(); // the line has taken some of the room
    if (text) this.#speech.say(plain(text));
  }

  // Where the patient looks

  /** Show the end of the conversation, but never past the first line of what is new. */
  #reveal([asked, reply]: HTMLElement[]): void {
    const box = this.#box();
    const first = asked!.offsetHeight < box.clientHeight / 3 ? asked! : reply!;
    const above = box === this.#panel ? this.#scroller.offsetTop : 0;
    box.scrollTop = first.offsetTop + above - ROOM;
  }

  #toEnd(): void {
    const box = this.#box();
    box.scrollTop = this.#conversation.begun ? box.scrollHeight : 0;
  }

  /** On a very low screen the whole chat scrolls, as styles/chat.css has it, else the messages. */
  #box(): HTMLElement {
    return matchMedia("(max-height: 30em)").matches ? this.#panel : this.#scroller;
  }

  readonly #look = (): void => {
    if (document.visibilityState === "visible") this.#conversation.look();
  };

  readonly #online = (): void => {
    if (navigator.onLine) this.#conversation.again();
    else this.#changed();
  };
}
