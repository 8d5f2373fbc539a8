import { expect, test } from "vitest";
import { contrast, DARK, ink, LIGHT, readable, WHITE } from "../../src/color.ts";

test("black on white has the contrast that WCAG gives", () => {
  expect(contrast([0, 0, 0], WHITE)).toBeCloseTo(21);
  expect(contrast([119, 119, 119], WHITE)).toBeCloseTo(4.478, 2);
});

test("every color of a clinic can be read in light and in dark, and on itself", () => {
  const steps = [0, 32, 64, 96, 128, 160, 192, 224, 255];
  const all = steps.flatMap((red) => steps.flatMap((green) => steps.map((blue) => [red, green, blue])));
  for (const color of all) {
    for (const paper of [LIGHT, DARK]) {
      const found = readable(color, paper);
      expect(contrast(found, paper)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(found, ink(found))).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("a color that can be read is not changed", () => {
  expect(readable([14, 107, 92], LIGHT)).toEqual([14, 107, 92]);
});
