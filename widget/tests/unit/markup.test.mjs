import { expect, test } from "vitest";
import { paragraphs, pieces, safe, telephone } from "../../src/markup.ts";
import { EVIL, LINKS } from "../evil.mjs";

test("bold, links to pages and links to phones are read, in order", () => {
  expect(pieces("**About pain:** call [us](tel:+12125550142) or [book](https://clinic.example/book).")).toEqual([
    { text: "About pain:", bold: true },
    { text: " call " },
    { text: "us", href: "tel:+12125550142" },
    { text: " or " },
    { text: "book", href: "https://clinic.example/book" },
    { text: "." },
  ]);
});

test("a bare address is a link, without the full stop after it", () => {
  expect(pieces("See https://clinic.example/book.")).toEqual([
    { text: "See " },
    { text: "https://clinic.example/book", href: "https://clinic.example/book" },
    { text: "." },
  ]);
});

test.each(["2 * 3 * 4", "**", "****", "[x]", "[x](y)", "a ** b", "_x_", "# x", "`x`"])(
  "%s stays as it is",
  (text) => expect(pieces(text)).toEqual([{ text }]),
);

test("a blank line divides paragraphs, a line break stays within one", () => {
  expect(paragraphs("\n\nOne\ntwo\n  \n\nThree\n")).toEqual([["One", "two"], ["Three"]]);
});

test.each(LINKS)("%j is no address to go to", (address) => {
  const href = safe(address);
  // A browser reads the backslashes as slashes: it is then a plain page, with no user before the @.
  if (address.includes("\\")) expect(new URL(href).host).toBe("evil.example");
  else expect(href).toBeUndefined();
});

test("nothing evil becomes anything but text and safe links, and no word is lost", () => {
  expect(EVIL.length).toBeGreaterThanOrEqual(40);
  for (const one of EVIL) {
    for (const line of one.split("\n")) {
      const found = pieces(line);
      for (const { href } of found) if (href) expect(href).toMatch(/^(https?|tel):/);
      if (found.every(({ href, bold }) => !href && !bold)) expect(found.map(({ text }) => text).join("")).toBe(line);
    }
  }
});

test("a number is dialed by its digits", () => {
  expect(telephone("+1 (212) 555-0142")).toBe("tel:+12125550142");
});
