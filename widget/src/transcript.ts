// The conversation as plain text, to keep or to print. It is made here and sent nowhere.

import type { Facts, Turn } from "./contract";
import { fill, make } from "./dom";
import { paragraphs, pieces } from "./markup";
import type { Strings } from "./strings/en";

/** A reply without its markup: links are written out. */
export function plain(text: string): string {
  const line = (one: string) =>
    pieces(one)
      .map(({ text: shown, href }) =>
        href?.startsWith("http") && !href.startsWith(shown) ? `${shown} (${href})` : shown,
      )
      .join("");
  return paragraphs(text)
    .map((lines) => lines.map(line).join("\n"))
    .join("\n\n");
}

/** All that was said, with where the answers are from. */
export function transcript(turns: Turn[], { clinic }: Facts, language: string, words: Strings): string {
  const date = new Date().toLocaleString(language);
  const parts = [fill(words.transcript, { clinic, date })];
  for (const { said, replies } of turns) {
    parts.push(`${words.you}: ${said}`);
    for (const { text, sources } of replies) {
      parts.push(`${words.assistant}: ${plain(text)}`);
      parts.push(...sources.map((one) => `  [${one.document}, ${one.section}. ${one.publisher}]`));
    }
  }
  return parts.join("\n\n");
}

export function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  make("a", { href: address, download: "chat.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

export function print(text: string, title: string): void {
  const page = open("", "", "popup,width=640,height=720");
  if (!page) return; // the browser forbids windows; the download is still there
  page.document.title = title;
  const sheet = make("pre", {}, text);
  sheet.style.cssText = "white-space:pre-wrap;font:1rem/1.5 system-ui,sans-serif";
  page.document.body.append(sheet);
  page.onafterprint = () => page.close();
  page.print();
}
