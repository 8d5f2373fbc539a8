import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist = new URL("../../dist/", import.meta.url);
const read = (name) => readFileSync(new URL(name, dist));
const gzipped = (...names) => names.reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
const KIB = 1024;

test("a page loads at most 3 KiB", () => {
  expect(gzipped("scar-chat.js")).toBeLessThanOrEqual(3 * KIB);
});

test.each(["en", "es"])("the chat in %s is at most 15 KiB in all", (language) => {
  const files = ["scar-chat.js", "scar-chat-core.js", `scar-chat-${language}.js`];
  expect(gzipped(...files)).toBeLessThanOrEqual(15 * KIB);
});

test("no file names another server, and none can make markup or code of text", () => {
  const files = readdirSync(dist).filter((name) => name.endsWith(".js"));
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const name of files) {
    const code = read(name).toString();
    expect(code.match(/https?:\/\/[^`"'\s]*/g)?.filter((one) => !one.startsWith("http://www.w3.org/")) ?? [], name).toEqual([]);
    expect(code).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|document\.cookie|localStorage/);
  }
});
