// Makes any color of a clinic readable: the chat may be tinted, never illegible.

export type Color = [red: number, green: number, blue: number];

export const WHITE: Color = [255, 255, 255];
export const BLACK: Color = [0, 0, 0];
// Against these the color must be readable as text: the tinted papers of styles/.
export const LIGHT: Color = [237, 242, 240];
export const DARK: Color = [42, 51, 52];
const LEAST = 4.7; // WCAG asks for 4.5

function luminance(color: Color): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92;
  }) as Color;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, the same, to 21, black on white. */
export function contrast(one: Color, other: Color): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `color`, darker or brighter by as little as it takes to read it on `paper`. */
export function readable(color: Color, paper: Color): Color {
  const darker = luminance(paper) > 0.4;
  let found = color;
  while (contrast(found, paper) < LEAST) {
    found = found.map((value) =>
      Math.round(darker ? value * 0.94 : Math.min(255, value * 1.05 + 4)),
    ) as Color;
  }
  return found;
}

/** Black or white, whichever reads better on `color`. */
export function ink(color: Color): Color {
  return contrast(color, WHITE) > contrast(color, BLACK) ? WHITE : BLACK;
}
