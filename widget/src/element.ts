// The element on a clinic's page: at first only the button that opens the chat. The chat itself is
// fetched when it is opened for the first time, or when one goes on from another page.

import { BLACK, type Color, DARK, ink, LIGHT, readable } from "./color";
import { icon, make, style } from "./dom";
import { Memory } from "./memory";
import { launcher as english, type Launcher, type Strings } from "./strings/en";
import { launcher as spanish } from "./strings/es";
import css from "./styles/launcher.css?inline";

/** What the chat needs of the element that frames it. */
export interface Frame {
  host: HTMLElement;
  root: ShadowRoot;
  dock: HTMLElement;
  server: string;
  language: string;
  title: string;
  clinic: string;
  suggestions: boolean;
  memory: Memory;
  strings: Strings;
  /** The chat was opened or closed; what the button says now. */
  shown(open: boolean, words?: keyof Launcher): void;
}

/** The chat as the element drives it. */
export interface Chat {
  open(byPatient: boolean): void;
  close(): void;
  leave(): void;
}

/** The parts that are fetched on first opening, and what a script tag says about them. */
export interface Parts {
  core(failures: number): Promise<{ build(frame: Frame): Promise<Chat> }>;
  strings(language: string, failures: number): Promise<{ strings: Strings }>;
  script?: HTMLScriptElement | null;
}

const WORDS: Record<string, Launcher> = { en: english, es: spanish };
const DEFAULT_COLOR = "#0e6b5c";
const BUBBLE = "M12 3C6.5 3 2 6.8 2 11.5c0 2.3 1.1 4.4 2.9 5.9L4 21.5l4.8-2.2c1 .3 2.1.4 3.2.4 5.5 0 10-3.7 10-8.2S17.5 3 12 3z";

/** Make `<scar-chat>` known to the page. */
export function define({ core, strings, script }: Parts): void {
  class ScarChat extends HTMLElement {
    private chat?: Promise<Chat>;
    private frame?: Omit<Frame, "strings">;
    private failures = 0;

    connectedCallback(): void {
      if (this.frame) return;
      const setting = (name: string) => this.getAttribute(name) || script?.dataset[name] || "";
      const said = (setting("language") || document.documentElement.lang || "en").slice(0, 2);
      const language = said in WORDS ? said : "en";
      const words = { ...WORDS[language]! };
      words.title = setting("title") || words.title;
      this.removeAttribute("title"); // else the whole chat had it as its tooltip
      const server = new URL(setting("server") || ".", script?.src || document.baseURI).href;
      const memory = new Memory(server);
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [];
      style(root, css);
      style(root, this.tinted(setting("color")));
      for (const name of ["position", "theme"]) {
        if (setting(name)) this.setAttribute(name, setting(name));
      }

      const label = make("span", {}, memory.get().token ? words.again : words.title);
      const button = make(
        "button",
        {
          class: "launcher",
          type: "button",
          "aria-haspopup": "dialog",
          "aria-expanded": "false",
          onclick: () => this.open(),
        },
        icon(BUBBLE),
        label,
      );
      const dock = make("section", { "aria-label": words.title, lang: language }, button);
      root.replaceChildren(dock);

      this.frame = {
        host: this, root, dock, server, language, memory,
        title: words.title,
        clinic: setting("clinic"),
        suggestions: setting("suggestions") !== "off",
        shown(open, name = "again") {
          button.hidden = open;
          button.setAttribute("aria-expanded", String(open));
          button.classList.toggle("news", name === "news");
          label.textContent = words[name];
          if (!open && root.activeElement) button.focus();
        },
      };
      const { open, token } = memory.get();
      // On a phone the chat covers all: there it comes back only on the page where it stood open.
      if (token && open && (open === location.pathname || innerWidth > 640)) void this.load(false);
    }

    disconnectedCallback(): void {
      void this.chat?.then((chat) => chat.leave());
      this.chat = this.frame = undefined;
    }

    /** Open the chat. */
    open(): Promise<void> {
      return this.load(true);
    }

    /** Close it; the conversation stays. */
    async close(): Promise<void> {
      (await this.chat)?.close();
    }

    private async load(byPatient: boolean): Promise<void> {
      const frame = this.frame;
      if (!frame) return;
      try {
        this.chat ??= Promise.all([
          core(this.failures),
          strings(frame.language, this.failures),
        ]).then(([made, words]) =>
          made.build({ ...frame, ...words }),
        );
        (await this.chat).open(byPatient);
      } catch {
        this.chat = undefined;
        this.failures += 1;
        frame.shown(false, "failed");
      }
    }

    /** The clinic's color, as it can be read in light and in dark. */
    private tinted(wanted: string): string {
      const own = getComputedStyle(this).getPropertyValue("--scar-chat-color").trim();
      const probe = make("i");
      this.shadowRoot!.append(probe);
      const read = (color: string) => {
        probe.style.color = "";
        probe.style.color = color;
        const found = getComputedStyle(probe).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
        return probe.style.color && found ? (found.slice(1).map(Number) as Color) : undefined;
      };
      const color = read(wanted || own || DEFAULT_COLOR) ?? read(DEFAULT_COLOR) ?? BLACK;
      const [light, dark] = [readable(color, LIGHT), readable(color, DARK)];
      const rgb = (one: Color) => `rgb(${one})`;
      return `:host{--l:${rgb(light)};--lo:${rgb(ink(light))};--d:${rgb(dark)};--do:${rgb(ink(dark))}}`;
    }
  }
  if (!customElements.get("scar-chat")) customElements.define("scar-chat", ScarChat);
}
