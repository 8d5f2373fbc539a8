// How the chat looks and can be used: every state in every theme, width and direction.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, many, visit } from "./chat.mjs";
import { states } from "./states.mjs";
import { startStub } from "./stub.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const THEMES = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  forced: { colorScheme: "dark", forcedColors: "active" },
};
const WIDTHS = { 320: 568, 768: 900, 1280: 860 };
const ALL = Object.keys(THEMES).flatMap((theme) =>
  Object.keys(WIDTHS).flatMap((width) => ["ltr", "rtl"].map((direction) => [theme, Number(width), direction])),
);
// A few that hold every theme, width and direction.
const FEW = [["light", 320, "rtl"], ["dark", 768, "ltr"], ["forced", 1280, "ltr"]];
const pictures = new URL("../../artifacts/", import.meta.url);

let browser;
let stub;
let judged = 0;
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  [browser, stub] = [await launch(), await startStub()];
});
beforeEach(() => Object.assign(stub, { attributes: "", direction: "ltr", delay: 0 }));
afterAll(async () => {
  console.log(`figure: axe, every state, theme, width and direction: ${judged} pages, 0 violations`);
  await browser.close();
  stub.stop();
});

/** What can be pressed and is smaller than a finger; links inside a sentence may be. */
function small(chat) {
  return chat.host.evaluate((host) =>
    [...host.shadowRoot.querySelectorAll("button, a, input, summary, [role=option]")]
      .filter((one) => one.checkVisibility() && !one.closest("p"))
      .map((one) => [one.getBoundingClientRect(), one.getAttribute("aria-label") || one.textContent])
      .filter(([{ width, height }]) => width < 43.9 || height < 43.9)
      .map(([{ width, height }, name]) => `${name}: ${width} x ${height}`),
  );
}

/** What stands out of the screen or of its bubble, or must be scrolled sideways. */
function sideways(chat) {
  return chat.host.evaluate((host) =>
    [...host.shadowRoot.querySelectorAll("*"), document.scrollingElement]
      .filter((one) => one.checkVisibility() && !one.closest(".unseen, svg"))
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        const wide = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible";
        const around = one.closest(".bubble, .opening")?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
        return left < around.left - 0.5 || right > around.right + 0.5 || (wide && one.tagName !== "INPUT");
      })
      .map((one) => `${one.tagName}.${one.className}`),
  );
}

describe.each(many(ALL.length, 0) >= ALL.length ? ALL : FEW)("%s, %i pixels, %s", (theme, width, direction) => {
  test("no fault in any state", async () => {
    stub.direction = direction;
    const viewport = { width, height: WIDTHS[width] };
    const chat = await visit(browser, stub.address, { ...THEMES[theme], viewport, script: AXE });
    const faults = [];
    for (const [name, reach] of states) {
      await reach(chat, stub);
      await chat.still();
      const found = await chat.page.evaluate(
        (values) => axe.run(document, { runOnly: values }),
        RULES,
      );
      for (const { id, nodes } of found.violations) faults.push(`${name}: ${id}: ${nodes.map((one) => one.failureSummary + one.html)}`);
      judged += 1;
      expect(found.passes.length, name).toBeGreaterThan(10);
      faults.push(...(await small(chat)).map((one) => `${name}: small: ${one}`));
      faults.push(...(await sideways(chat)).map((one) => `${name}: sideways: ${one}`));
      const picture = await chat.page.screenshot();
      writeFileSync(new URL(`${theme}-${width}-${direction}-${name}.png`, pictures), picture);
    }
    expect(faults).toEqual([]);
    expect(chat.faults).toEqual([]);
    await chat.end();
  }, 240_000);
});

test("at 400 % zoom every state can be reached and read", async () => {
  const chat = await visit(browser, stub.address, { viewport: { width: 320, height: 256 } });
  const faults = [];
  for (const [name, reach] of states) {
    await reach(chat, stub);
    await chat.still();
    faults.push(...(await sideways(chat)).map((one) => `${name}: ${one}`));
    writeFileSync(new URL(`zoom-${name}.png`, pictures), await chat.page.screenshot());
  }
  expect(faults).toEqual([]);
  await chat.end();
}, 120_000);
