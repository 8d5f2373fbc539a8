// On a phone the chat covers the page: then the page is out of reach for keys and screen readers,
// and the chat keeps clear of the keyboard on the screen.

const COVERS = "(max-width: 40em), (max-height: 30em)"; // as in styles/chat.css

export class Modal {
  readonly #covers = matchMedia(COVERS);
  #inert: HTMLElement[] = [];
  #open = false;
  #scrolling = "";

  readonly #host: HTMLElement;
  readonly #panel: HTMLElement;

  constructor(
    host: HTMLElement,
    panel: HTMLElement,
  ) {
    this.#host = host;
    this.#panel = panel;
    this.#covers.addEventListener("change", this.#update);
    visualViewport?.addEventListener("resize", this.#fit);
  }

  show(open: boolean): void {
    this.#open = open;
    this.#update();
  }

  leave(): void {
    this.show(false);
    this.#covers.removeEventListener("change", this.#update);
    visualViewport?.removeEventListener("resize", this.#fit);
  }

  readonly #update = (): void => {
    const modal = this.#open && this.#covers.matches;
    this.#panel.setAttribute("aria-modal", String(modal));
    for (const one of this.#inert) one.inert = false;
    this.#inert = [];
    const page = document.documentElement.style;
    if (modal) this.#hideRest();
    if (modal && !this.#scrolling) {
      this.#scrolling = page.overflow || "visible";
      page.overflow = "hidden";
    } else if (!modal && this.#scrolling) {
      page.overflow = this.#scrolling === "visible" ? "" : this.#scrolling;
      this.#scrolling = "";
    }
    this.#fit();
  };

  /** Everything beside the element and its ancestors; what is inert already stays as it is. */
  #hideRest(): void {
    for (let node: Node | null = this.#host; node && node !== document.body; ) {
      const parent: Node | null = node.parentNode;
      for (const other of Array.from(parent?.childNodes ?? [])) {
        if (other === node || !(other instanceof HTMLElement) || other.inert) continue;
        other.inert = true;
        this.#inert.push(other);
      }
      node = parent instanceof ShadowRoot ? parent.host : parent;
    }
  }

  readonly #fit = (): void => {
    const seen = visualViewport;
    const smaller = this.#open && this.#covers.matches && seen && seen.scale === 1;
    this.#panel.style.height = smaller ? `${seen.height}px` : "";
    this.#panel.style.top = smaller ? `${seen.offsetTop}px` : "";
  };
}
