// Builds elements, and nothing but elements: text is only ever set as text, so that Trusted Types
// and a strict Content-Security-Policy have nothing to forbid.

type Child = Node | string | false | undefined | null;
type Attributes = Record<string, unknown>;

/** An element; attributes that begin with "on" are listeners, and false or undefined leaves one out. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value as EventListener);
    else if (value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((one): one is Node | string => !!one));
  return made;
}

/** A decorative picture of 24 by 24, drawn with the color of the text. */
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  drawn.append(line);
  return drawn;
}

/** The text with its {names} filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** Style sheets without a style element, which a strict policy would refuse. */
export function style(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
