import { expect, test } from "vitest";
import * as en from "../../src/strings/en.ts";
import * as es from "../../src/strings/es.ts";

const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each(["launcher", "strings"])("Spanish has every word of %s, with the same gaps to fill", (part) => {
  expect(Object.keys(es[part])).toEqual(Object.keys(en[part]));
  for (const [key, text] of Object.entries(en[part])) {
    expect(names(es[part][key]), key).toEqual(names(text));
    expect(es[part][key].trim(), key).not.toBe("");
  }
});

test("no word of the interface stands in the code", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const source = new URL("../../src/", import.meta.url);
  for (const name of readdirSync(source).filter((one) => one.endsWith(".ts"))) {
    const code = readFileSync(new URL(name, source), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    const shown = code.match(/"[A-Z][a-z]+( [a-z]+)+[^"]*"/g) ?? [];
    expect(shown, name).toEqual([]);
  }
});
