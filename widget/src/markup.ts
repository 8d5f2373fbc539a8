// Reads the little markup that replies may hold: paragraphs, **bold**, and links to web pages and
// phones. Everything else is plain text: there is no way from a reply to an element or a script.

export interface Piece {
  text: string;
  bold?: boolean;
  href?: string;
}

const MARKUP = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>"*()]*[^\s<>"*().,;:!?])/g;
const SAFE = /^(https?|tel):$/;

/** The address, when it leads to a web page or a phone and hides no user name; else nothing. */
export function safe(address: string): string | undefined {
  try {
    const { protocol, username, href } = new URL(address);
    return SAFE.test(protocol) && !username ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The pieces of one line, in order. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of line.matchAll(MARKUP)) {
    const [all, bold, text = all, address = all] = match;
    const href = bold ? undefined : safe(address);
    if (!bold && !href) continue; // stays the plain text that it is
    if (match.index > from) found.push({ text: line.slice(from, match.index) });
    found.push(bold ? { text: bold, bold: true } : { text, href });
    from = match.index + all.length;
  }
  if (from < line.length) found.push({ text: line.slice(from) });
  return found;
}

/** The paragraphs of a reply, each as its lines. */
export function paragraphs(text: string): string[][] {
  return text
    .split(/\n\s*\n/)
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => one.split("\n"));
}

/** The address that calls `number`. */
export function telephone(number: string): string {
  return `tel:${number.replace(/[^+\d]/g, "")}`;
}
